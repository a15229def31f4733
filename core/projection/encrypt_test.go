package projection_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run/runtest"
	"github.com/procedo/procedo/core/slot"
)

// fakeSecrets encrypts nothing. What it returns begins with a key, a digest of the place and of the value, which it
// compares.
type fakeSecrets struct{ key byte }

func (f fakeSecrets) Encrypt(plain, place []byte) ([]byte, error) {
	return slices.Concat([]byte{f.key}, tag(plain, place), plain), nil
}

func tag(plain, place []byte) []byte {
	d := sha256.Sum256(slices.Concat([]byte(strconv.Itoa(len(place))), place, plain))
	return d[:]
}

func (f fakeSecrets) Decrypt(sealed, place []byte) ([]byte, error) {
	if len(sealed) < 33 || sealed[0] != f.key {
		return nil, projection.ErrLostKey
	}
	if plain := sealed[33:]; bytes.Equal(sealed[1:33], tag(plain, place)) {
		return plain, nil
	}
	return nil, errors.New("altered")
}

// everyType returns a version whose steps s and t each have a slot of each type.
func everyType(t testing.TB, sensitive bool) *procedure.Version {
	var slots []string
	for _, typ := range slot.Types {
		options := ""
		if typ == slot.Enum || typ == slot.MultiEnum {
			options = `,"options":["x","y","z"]`
		}
		slots = append(slots, fmt.Sprintf(
			`{"name":"v_%s","type":"%s","sensitive":%t,"required":false%s}`, typ, typ, sensitive, options))
	}
	all := strings.Join(slots, ",")
	return runtest.MustVersion(t, fmt.Appendf(nil, `{"id":"p","name":"P","steps":[
		{"key":"s","title":"S","slots":[%s]},{"key":"t","title":"T","slots":[%s]}]}`, all, all), cel.Language{})
}

var examples = map[slot.Type][]string{
	slot.String: {`"x"`, `"é😀"`, `" "`}, slot.LongText: {`"two\nlines\ttabbed \"quoted\""`},
	slot.Integer: {`12345678901234567890`, `-7`}, slot.Decimal: {`99.50`, `0.00`, `-0.000001`},
	slot.Bool: {`false`, `true`}, slot.DateOnly: {`"0001-01-01"`},
	slot.DateTime:  {`"2026-11-23T09:30:00.123456789+05:30"`},
	slot.TimeOfDay: {`"23:59:59.999999999"`}, slot.Enum: {`"y"`}, slot.MultiEnum: {`["z","x","y"]`, `["x"]`},
	slot.Email: {`"a@example.org"`}, slot.Phone: {`"+33 1 23 45 67 89"`}, slot.URL: {`"https://example.org/?q=é"`},
}

// clearRows returns the rows of a value in clear, with its salt and digest.
func clearRows(t require.TestingT, def *slot.Slot, at projection.SlotRow, raw string, salt commitment.Salt) []projection.ValueRow {
	value, ok := def.Parse([]byte(raw))
	require.True(t, ok, raw)
	row := projection.ValueRow{
		SlotRow: at, Origin: "agent", Salt: new(salt.String()), Digest: new(value.SealedWith(salt).Digest()),
	}
	text := value.Text()
	switch value.Shape() {
	case slot.NumberShape:
		row.Number = &text
	case slot.DateShape:
		row.Date = &text
	case slot.BooleanShape:
		row.Boolean = new(value.Bool())
	case slot.TimestampShape:
		instant, _ := value.Instant()
		row.Literal, row.Timestamp = &text, new(instant.Truncate(time.Microsecond))
	case slot.ListShape:
		var rows []projection.ValueRow
		for i, choice := range value.List() {
			row.Ordinal, row.Text = i, &choice
			rows = append(rows, row)
		}
		return rows
	default:
		row.Text = &text
	}
	return []projection.ValueRow{row}
}

func drawSealed(t *rapid.T, v *procedure.Version) (plain, sealed []projection.ValueRow) {
	typ := rapid.SampledFrom(slot.Types).Draw(t, "type")
	at := projection.SlotRow{Step: "s", Visit: rapid.IntRange(1, 1000).Draw(t, "visit"), Slot: "v_" + string(typ)}
	j, _ := v.Steps[0].SlotIndex(at.Slot)
	def := &v.Steps[0].Slots[j]
	var salt commitment.Salt
	copy(salt[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "salt"))
	plain = clearRows(t, def, at, rapid.SampledFrom(examples[typ]).Draw(t, "value"), salt)
	sealed, err := projection.EncryptValues(v, "run", plain, fakeSecrets{1})
	require.NoError(t, err)
	require.Len(t, sealed, 1, "one row, which does not show the number of choices")
	return plain, sealed
}

func TestWhatIsEncryptedComesBack(t *testing.T) {
	v := everyType(t, true)
	rapid.Check(t, func(t *rapid.T) {
		plain, sealed := drawSealed(t, v)
		require.Nil(t, sealed[0].Salt)
		require.Equal(t, plain[0].Digest, sealed[0].Digest)
		require.Equal(t, plain, projection.DecryptValues(v, "run", sealed, fakeSecrets{1}))
	})
}

func TestAValueFromAnotherPlaceIsNotRead(t *testing.T) {
	v := everyType(t, true)
	rapid.Check(t, func(t *rapid.T) {
		_, sealed := drawSealed(t, v)
		runID, row := "run", sealed[0]
		switch rapid.SampledFrom([]string{"run", "visit", "slot", "digest", "byte", "ordinal", "value", "twice"}).Draw(t, "change") {
		case "run":
			runID = rapid.StringN(0, 40, 40).Filter(func(s string) bool { return s != "run" }).Draw(t, "run")
		case "visit":
			row.Visit += rapid.SampledFrom([]int{-1, 1, 128, 16384}).Draw(t, "other")
		case "slot":
			row.Slot = "v_" + string(rapid.SampledFrom(slot.Types).Filter(func(o slot.Type) bool {
				return "v_"+string(o) != row.Slot
			}).Draw(t, "type"))
		case "digest": // an older value of the same slot
			row.Digest = new("00" + (*row.Digest)[2:])
			if *row.Digest == *sealed[0].Digest {
				row.Digest = new("11" + (*row.Digest)[2:])
			}
		case "byte":
			row.Sealed = slices.Clone(row.Sealed)
			row.Sealed[rapid.IntRange(0, len(row.Sealed)-1).Draw(t, "at")] ^= 1
		case "ordinal":
			row.Ordinal = 1
		case "value":
			row.Text = new("x")
		case "twice":
			sealed = append(sealed, row)
		}
		sealed[0] = row
		read := projection.DecryptValues(v, runID, sealed, fakeSecrets{1})
		for _, r := range read {
			require.Error(t, r.Unreadable)
			require.NotNil(t, r.Sealed, "the row stays as it is")
		}
		values, err := projection.PlainValues(v, read)
		require.NoError(t, err)
		require.Error(t, values[0].Err)
		require.True(t, values[0].Value.IsAbsent())
	})
}

func TestAValueInAnotherStepIsNotRead(t *testing.T) {
	v := everyType(t, true)
	rapid.Check(t, func(t *rapid.T) {
		_, sealed := drawSealed(t, v)
		sealed[0].Step = "t"
		require.Error(t, projection.DecryptValues(v, "run", sealed, fakeSecrets{1})[0].Unreadable)
	})
}

func TestTheReasonSaysWhichKeyIsMissing(t *testing.T) {
	v := everyType(t, true)
	rapid.Check(t, func(t *rapid.T) {
		_, sealed := drawSealed(t, v)
		read := projection.DecryptValues(v, "run", sealed, nil)
		require.ErrorIs(t, read[0].Unreadable, projection.ErrNoKeyset)
		require.Equal(t, 1, projection.CountSealed(read))
		read = projection.DecryptValues(v, "run", sealed, fakeSecrets{2})
		require.ErrorIs(t, read[0].Unreadable, projection.ErrLostKey)
		require.True(t, projection.IsKeyMissing(read[0].Unreadable))
		require.Zero(t, projection.CountSealed(read))
	})
}

func TestASealedValueOfASlotThatIsNotSensitiveIsNotRead(t *testing.T) {
	v, open := everyType(t, true), everyType(t, false)
	rapid.Check(t, func(t *rapid.T) {
		_, sealed := drawSealed(t, v)
		for _, secrets := range []projection.Secrets{nil, fakeSecrets{1}} {
			err := projection.DecryptValues(open, "run", sealed, secrets)[0].Unreadable
			require.ErrorIs(t, err, projection.ErrRows)
			require.False(t, projection.IsKeyMissing(err))
		}
	})
}

func TestRowsWithoutSensitiveValuesStayAsTheyAre(t *testing.T) {
	v, at := everyType(t, true), projection.SlotRow{Step: "s", Visit: 1, Slot: "v_string"}
	erased := projection.ValueRow{SlotRow: at, Digest: new("d"), ErasedAt: new(time.Time)}
	open := projection.ValueRow{SlotRow: at, Text: new("x")}
	for _, row := range []projection.ValueRow{erased, open} {
		rows := []projection.ValueRow{row}
		encrypted, err := projection.EncryptValues(v, "run", rows, fakeSecrets{1})
		require.NoError(t, err)
		require.Equal(t, rows, encrypted)
		require.Equal(t, rows, projection.DecryptValues(v, "run", rows, fakeSecrets{1}))
	}
}

func TestRowsThatCannotBeEncryptedAreAnError(t *testing.T) {
	v, at := everyType(t, true), projection.SlotRow{Step: "s", Visit: 1, Slot: "v_string"}
	salt := commitment.Salt{}.String()
	for _, row := range []projection.ValueRow{
		{SlotRow: at, Text: new("x"), Salt: new("not hex")},
		{SlotRow: projection.SlotRow{Step: "none", Visit: 1, Slot: "x"}, Text: new("x"), Salt: &salt},
		{SlotRow: projection.SlotRow{Step: "s", Visit: 1, Slot: "none"}, Text: new("x"), Salt: &salt},
		{SlotRow: at, Salt: &salt},
	} {
		_, err := projection.EncryptValues(v, "run", []projection.ValueRow{row}, fakeSecrets{1})
		require.ErrorIs(t, err, projection.ErrRows)
	}
	row := projection.ValueRow{SlotRow: at, Text: new("x"), Salt: &salt}
	_, err := projection.EncryptValues(v, "run", []projection.ValueRow{row}, brokenSecrets{})
	require.ErrorContains(t, err, "broken")
}

type brokenSecrets struct{ fakeSecrets }

func (brokenSecrets) Encrypt(_, _ []byte) ([]byte, error) { return nil, errors.New("broken") }

func TestResealEncryptsWhatIsNotCurrent(t *testing.T) {
	v := everyType(t, true)
	current := func(sealed []byte) bool { return sealed[0] == 2 }
	rapid.Check(t, func(t *rapid.T) {
		plain, old := drawSealed(t, v)
		both := readsBoth{fakeSecrets{2}}
		for _, rows := range [][]projection.ValueRow{plain, old} {
			c, unreadable := projection.Reseal(v, "run", rows, both, current)
			require.Zero(t, unreadable)
			require.Equal(t, []projection.SlotRow{rows[0].SlotRow}, c.DeletedValues)
			require.Equal(t, plain, projection.DecryptValues(v, "run", c.Values, fakeSecrets{2}))
			again, unreadable := projection.Reseal(v, "run", c.Values, both, current)
			require.Zero(t, unreadable)
			require.Empty(t, again)
		}
		c, unreadable := projection.Reseal(v, "run", old, fakeSecrets{2}, current)
		require.Empty(t, c)
		require.Equal(t, 1, unreadable, "its key is lost")
	})
}

// readsBoth encrypts with one key, and decrypts with this one and key 1.
type readsBoth struct{ fakeSecrets }

func (r readsBoth) Decrypt(sealed, place []byte) ([]byte, error) {
	if plain, err := r.fakeSecrets.Decrypt(sealed, place); err == nil {
		return plain, nil
	}
	return fakeSecrets{1}.Decrypt(sealed, place)
}
