package contract

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/adapters/secrets"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/slot"
	"github.com/procedo/procedo/core/verify"
)

// OpenStorage opens the storage of a database. If the keyset is nil, sensitive values are stored in clear.
type OpenStorage func(projection.Secrets) storage.Storage

// RunSecrets runs the tests of encrypted values, which every storage adapter must pass. newDatabase makes an empty
// database.
func RunSecrets(t *testing.T, newDatabase func(t *testing.T) OpenStorage) {
	for name, test := range map[string]func(*database){
		"values of every type are encrypted and come back":           everyTypeIsEncrypted,
		"values in clear are read, and new ones encrypted":           clearValuesAreRead,
		"a server without the keyset refuses what needs a value":     valuesAreRefusedWithoutKeyset,
		"a lost keyset loses the values and nothing else":            lostKeysetsLoseValuesOnly,
		"a lost value is not carried, and others are":                lostValuesAreNotCarried,
		"encrypted values are erased, also without the keyset":       encryptedValuesAreErased,
		"rotation encrypts everything with the new key, in any part": rotationEncryptsEverything,
		"rotation loses no write":                                    rotationLosesNoWrite,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(&database{T: t, open: newDatabase(t)})
		})
	}
}

// database is a database that is opened several times, with different keysets.
type database struct {
	*testing.T
	open OpenStorage
	last *fixture
}

// with returns a fixture on the database. It continues the clock and the ids of the fixture before.
func (db *database) with(k projection.Secrets) *fixture {
	fx := newFixture(db.T, db.open(k))
	if db.last != nil {
		fx.ticks.Store(db.last.ticks.Load())
		fx.ids.Store(db.last.ids.Load())
		fx.salts.Store(db.last.salts.Load())
	}
	db.last = fx
	return fx
}

func newKeyset(t require.TestingT) *secrets.Keyset {
	k, err := secrets.Generate()
	require.NoError(t, err)
	return k
}

// requireSealed checks how many values of the database are encrypted, and that verification with and without the keyset
// has no findings.
func (db *database) requireSealed(k projection.Secrets, want int) {
	db.Helper()
	for _, keyset := range []projection.Secrets{k, nil} {
		fx := db.with(keyset)
		done, err := fx.verifier.All(fx.ctx(), verify.Options{Rules: true}, func(f audit.Finding) { db.Errorf("%s", f) })
		require.NoError(db, err)
		if keyset == nil {
			require.Equal(db, want, done.Sealed)
		} else {
			require.Zero(db, done.Sealed)
		}
	}
}

const secretStep = `{"key":"s","title":"S","on_return":"keep","slots":[
		{"name":"pin","type":"string","sensitive":true,"required":false},
		{"name":"sum","type":"number","sensitive":true,"required":false},
		{"name":"a","type":"string","required":false}]},
	{"key":"t","title":"T","slots":[{"name":"ok","type":"boolean"}],"transitions":[{"when":"!ok","to":"s"}]}`

func everyTypeIsEncrypted(db *database) {
	k := newKeyset(db)
	fx := db.with(k)
	values := map[slot.Type]string{
		slot.String: `"O’Brien '; DROP TABLE runs; -- é😀"`, slot.LongText: `"two\nlines\ttabbed"`,
		slot.Integer: `12345678901234567890`, slot.Decimal: `99.50`, slot.Bool: `false`, slot.DateOnly: `"0001-01-01"`,
		slot.DateTime: `"2026-11-23T09:30:00.123456789+05:30"`, slot.TimeOfDay: `"23:59:59.999999999"`,
		slot.Enum: `"y"`, slot.MultiEnum: `["z","x","y"]`, slot.Email: `"a@example.org"`,
		slot.Phone: `"+33 1 23 45 67 89"`, slot.URL: `"https://example.org/?q=é"`,
	}
	var slots string
	var pairs []string
	want := map[string]string{}
	for _, typ := range slot.Types {
		options := ""
		if typ == slot.Enum || typ == slot.MultiEnum {
			options = `,"options":["x","y","z"]`
		}
		slots += fmt.Sprintf(`{"name":"v_%s","type":"%s","sensitive":true%s},`, typ, typ, options)
		pairs = append(pairs, "v_"+string(typ), values[typ])
		want["1.v_"+string(typ)] = values[typ]
	}
	fx.save(definition("p", `{"key":"s","title":"S","slots":[`+slots[:len(slots)-1]+`]},{"key":"t","title":"T"}`))
	id := fx.start("p").ID
	fx.mustExecute(id, run.Draft{Submission: submission("s", pairs...)})
	before := fx.mustExecute(id, run.Commit{Submission: submission("s")})
	fx.requirePlain(id, want)
	db.requireSealed(k, len(slot.Types))
	fx = db.with(nil)
	require.Empty(db, projection.Differences(before, fx.load(id).Run), "the run itself is read without a keyset")
	values2, err := fx.Runs.PlainValues(fx.ctx(), id)
	require.NoError(db, err)
	for _, p := range values2 {
		requireUnavailable(db, p.Err)
	}
	repeated := db.with(k).mustExecute(id, run.Commit{Submission: submission("s", pairs...)})
	require.Equal(db, before.Revision, repeated.Revision, "the same values again change nothing")
}

func requireUnavailable(t require.TestingT, err error) {
	require.True(t, fault.Is(err, fault.Unavailable), "%v", err)
	require.Equal(t, "service.secrets_unavailable", fault.From(err).Code)
}

func clearValuesAreRead(db *database) {
	fx := db.with(nil)
	fx.save(definition("p", secretStep))
	id := fx.start("p").ID
	fx.mustExecute(id, run.Draft{Submission: submission("s", "pin", `"1"`, "sum", "2.50")})
	db.requireSealed(nil, 0)
	k := newKeyset(db)
	fx = db.with(k)
	committed := fx.mustExecute(id, run.Commit{Submission: submission("s", "pin", `"2"`)})
	fx.requirePlain(id, map[string]string{"1.pin": `"2"`, "1.sum": "2.50"})
	db.requireSealed(k, 1)
	same := fx.mustExecute(id, run.Commit{Submission: submission("s", "pin", `"2"`, "sum", "2.50")})
	require.Equal(db, committed.Revision, same.Revision, "a value in clear is compared")
}

// valuesAreRefusedWithoutKeyset checks that commands that need an encrypted value change nothing, and that others work.
func valuesAreRefusedWithoutKeyset(db *database) {
	k := newKeyset(db)
	fx := db.with(k)
	fx.save(definition("p", secretStep))
	id := fx.start("p").ID
	fx.mustExecute(id, run.Commit{Submission: submission("s", "pin", `"1"`)})
	before := fx.load(id).Head
	fx = db.with(nil)
	for name, c := range map[string]run.Command{
		"compares": run.Amend{Submission: submission("s", "pin", `"2"`), Reason: "r"},
		"repeats":  run.Commit{Submission: submission("s", "pin", `"1"`)},
		"removes":  run.Amend{Submission: submission("s", "pin", `null`), Reason: "r"},
		"carries":  run.Commit{Submission: submission("t", "ok", `false`)},
	} {
		_, err := fx.execute(id, c)
		requireUnavailable(db, err)
		require.Equal(db, before, fx.load(id).Head, name)
	}
	fx.mustExecute(id, run.Amend{Submission: submission("s", "a", `"x"`), Reason: "another slot"})
	fx.mustExecute(id, run.Commit{Submission: submission("t", "ok", `true`)})
	db.requireSealed(k, 1)
	fx = db.with(k)
	fx.requirePlain(id, map[string]string{"1.pin": `"1"`})
}

func lostKeysetsLoseValuesOnly(db *database) {
	lost := newKeyset(db)
	fx := db.with(lost)
	fx.save(definition("p", secretStep))
	drafted, committed := fx.start("p").ID, fx.start("p").ID
	fx.mustExecute(drafted, run.Draft{Submission: submission("s", "pin", `"1"`, "sum", "2.50")})
	fx.mustExecute(committed, run.Commit{Submission: submission("s", "pin", `"1"`, "sum", "2.50")})

	fx = db.with(newKeyset(db))
	fx.mustExecute(drafted, run.Commit{Submission: submission("s", "pin", `"new"`)})
	fx.mustExecute(committed, run.Amend{Submission: submission("s", "pin", `"new"`), Reason: "lost"})
	for _, id := range []string{drafted, committed} {
		values, err := fx.Runs.PlainValues(fx.ctx(), id)
		require.NoError(db, err)
		require.Len(db, values, 2)
		require.Equal(db, "new", values[0].Value.Text())
		requireUnavailable(db, values[1].Err)
		require.ErrorIs(db, values[1].Err, projection.ErrLostKey)
		fx.mustExecute(id, run.Commit{Submission: submission("t", "ok", `true`)})
	}
	problems := fx.problems()
	require.Len(db, problems, 2)
	for _, p := range problems {
		require.Contains(db, p, "cannot be decrypted")
	}
	fx.mustExecute(drafted, run.Erase{Places: []run.ErasePlace{{Step: "s", Slot: "sum"}}, Reason: "lost"})
	fx.mustExecute(committed, run.Erase{Places: []run.ErasePlace{{Step: "s", Slot: "sum"}}, Reason: "lost"})
	fx.requireVerified()
}

// problems returns the findings of a verification, without warnings.
func (fx *fixture) problems() (all []string) {
	fx.Helper()
	_, err := fx.verifier.All(fx.ctx(), verify.Options{}, func(f audit.Finding) { all = append(all, i18n.Accept("en").Finding(f)) })
	require.NoError(fx, err)
	return all
}

func lostValuesAreNotCarried(db *database) {
	lost := newKeyset(db)
	fx := db.with(lost)
	fx.save(definition("p", secretStep))
	id := fx.start("p").ID
	fx.mustExecute(id, run.Commit{Submission: submission("s", "pin", `"1"`, "sum", "2.50", "a", `"x"`)})
	k := newKeyset(db)
	fx = db.with(k)
	fx.mustExecute(id, run.Amend{Submission: submission("s", "sum", `3.50`), Reason: "one value is known again"})
	after := fx.mustExecute(id, run.Commit{Submission: submission("t", "ok", `false`)})
	require.Empty(db, projection.Differences(after, fx.load(id).Run))
	second := fx.load(id).Run.Steps[0].Visit
	require.Equal(db, 2, second.Number)
	require.True(db, second.Slots[0].Value.IsAbsent(), "the lost value must be given again")
	require.False(db, second.Slots[1].Value.IsAbsent())
	require.Equal(db, "x", second.Slots[2].Value.Text())
	fx.mustExecute(id, run.Commit{Submission: submission("s", "pin", `"2"`)})
	require.Len(db, fx.problems(), 1, "the lost value of the first visit")
	fx.mustExecute(id, run.Erase{Places: []run.ErasePlace{{Step: "s", Slot: "pin", Visit: 1}}, Reason: "lost"})
	require.Empty(db, fx.problems())
}

func encryptedValuesAreErased(db *database) {
	k := newKeyset(db)
	fx := db.with(k)
	fx.save(definition("p", secretStep))
	id := fx.start("p").ID
	fx.mustExecute(id, run.Commit{Submission: submission("s", "pin", `"1"`, "sum", "2.50")})
	fx.erase(id, run.ErasePlace{Step: "s", Slot: "pin"})
	fx.requirePlain(id, map[string]string{"1.sum": "2.50"})
	fx = db.with(nil)
	fx.erase(id, run.ErasePlace{Step: "s", Slot: "sum"})
	db.requireSealed(k, 0)
}

// reseal calls Reseal until nothing is left, and returns the sums.
func (fx *fixture) reseal(k *secrets.Keyset) (sum storage.Resealed) {
	fx.Helper()
	for after := ""; ; {
		done, err := fx.storage.Resealer.Reseal(fx.ctx(), after, k.Primary())
		require.NoError(fx, err)
		if after = done.Last; after == "" {
			return sum
		}
		sum.Values += done.Values
		sum.Unreadable += done.Unreadable
	}
}

func (fx *fixture) prefixes(k *secrets.Keyset) [][]byte {
	fx.Helper()
	all, err := fx.storage.Resealer.Prefixes(fx.ctx(), len(k.Primary()))
	require.NoError(fx, err)
	return all
}

func rotationEncryptsEverything(db *database) {
	const n = storage.ResealedRuns + 1 // more than one call encrypts
	fx := db.with(nil)
	fx.save(definition("p", `{"key":"s","title":"S","slots":[{"name":"pin","type":"string","sensitive":true},
		{"name":"picks","type":"multi_enum","options":["x","y"],"sensitive":true}]},{"key":"t","title":"T"}`))
	write := func(fx *fixture) {
		for range n {
			id := fx.start("p").ID
			fx.mustExecute(id, run.Commit{Submission: submission("s", "pin", `"`+id+`"`, "picks", `["y","x"]`)})
		}
	}
	write(fx)
	old := newKeyset(db)
	write(db.with(old))
	lost := db.with(newKeyset(db))
	unreadable := lost.start("p").ID
	lost.mustExecute(unreadable, run.Draft{Submission: submission("s", "pin", `"lost"`)})

	added, err := old.AddKey()
	require.NoError(db, err)
	k, _, err := added.UseNewest()
	require.NoError(db, err)
	fx = db.with(k)
	erased := fx.start("p").ID
	fx.mustExecute(erased, run.Draft{Submission: submission("s", "pin", `"x"`)})
	fx.erasePin(erased)
	first, err := fx.storage.Resealer.Reseal(fx.ctx(), "", k.Primary()) // and then it is interrupted
	require.NoError(db, err)
	require.Equal(db, 2*storage.ResealedRuns, first.Values)
	rest := fx.reseal(k)
	require.Equal(db, storage.Resealed{Values: 4*n - first.Values, Unreadable: 1}, rest)
	require.Equal(db, storage.Resealed{Unreadable: 1}, fx.reseal(k), "nothing is left to do")
	require.Len(db, fx.prefixes(k), 2, "the new key, and the lost one")
	fx.mustExecute(unreadable, run.Draft{Submission: submission("s", "pin", `"again"`)})
	require.Equal(db, [][]byte{k.Primary()}, fx.prefixes(k))
	kept, dropped, err := k.DropUnused(fx.prefixes(k))
	require.NoError(db, err)
	require.Equal(db, 1, dropped)
	db.requireSealed(kept, 4*n+1)
	fx = db.with(kept)
	fx.requirePlain("01980000-0000-7000-8000-000000000001", map[string]string{
		"1.pin": `"01980000-0000-7000-8000-000000000001"`, "1.picks": `["y","x"]`,
	})
}

func (fx *fixture) erasePin(id string) {
	fx.mustExecute(id, run.Erase{Places: []run.ErasePlace{{Step: "s", Slot: "pin"}}, Reason: "r"})
}

// rotationLosesNoWrite encrypts again while several runs are written.
func rotationLosesNoWrite(db *database) {
	old := newKeyset(db)
	fx := db.with(old)
	fx.save(definition("p", secretStep))
	added, err := old.AddKey()
	require.NoError(db, err)
	k, _, err := added.UseNewest()
	require.NoError(db, err)
	writer := db.with(added)
	var ids []string
	for range 4 {
		ids = append(ids, writer.start("p").ID)
	}
	rotating := newFixture(db.T, db.open(k))
	var all sync.WaitGroup
	for _, id := range ids {
		all.Go(func() {
			for i := range 20 {
				_, err := writer.execute(id, run.Draft{Submission: submission("s", "pin", fmt.Sprintf(`"%d"`, i))})
				if err != nil {
					db.Errorf("writing: %v", err)
				}
			}
		})
	}
	all.Go(func() {
		for range 20 {
			for after := ""; ; {
				done, err := rotating.storage.Resealer.Reseal(rotating.ctx(), after, k.Primary())
				if err != nil || done.Unreadable > 0 {
					db.Errorf("encrypting: %v, %d", err, done.Unreadable)
				}
				if after = done.Last; after == "" {
					break
				}
			}
		}
	})
	all.Wait()
	for _, id := range ids {
		writer.requirePlain(id, map[string]string{"1.pin": `"19"`})
	}
	rotating.reseal(k)
	require.Equal(db, [][]byte{k.Primary()}, rotating.prefixes(k))
	db.last = writer
	db.requireSealed(k, len(ids))
}
