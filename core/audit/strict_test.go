package audit_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/audit"
)

func TestTimesAreOfTheYearsOneTo9999(t *testing.T) {
	for text, valid := range map[string]bool{
		"0001-01-01T00:00:00.000000Z": true, "9999-12-31T23:59:59.999999Z": true, "0000-12-31T23:59:59.999999Z": false,
	} {
		_, err := audit.ParseTime(text)
		require.Equal(t, valid, err == nil, text)
	}
}

func TestNestingCountsLevelsOutsideOfStrings(t *testing.T) {
	for text, want := range map[string]int{
		`1`: 0, `"[[["`: 0, `[]`: 0, `[1]`: 1, `{"a":[]}`: 1, `{"a":[{"b":"]\"["}]}`: 3, `[[],[[]]]`: 2, `{"a":1,"b":[[2]]}`: 3,
	} {
		require.Equal(t, want, audit.Nesting([]byte(text)), text)
	}
	nested := func(levels int) []byte {
		return slices.Concat(bytes.Repeat([]byte("["), levels+1), bytes.Repeat([]byte("]"), levels+1))
	}
	require.NoError(t, audit.CheckNesting(nested(200)))
	require.Error(t, audit.CheckNesting(nested(201)))
	require.NoError(t, audit.CheckNesting(bytes.Repeat([]byte("[]"), 500)))
}

// A line must have the members of its kind, and must not be nested without end.
func TestIncompleteLinesAreRefused(t *testing.T) {
	for _, line := range []string{
		`{"checkpoint":1}`, `{"checkpoint":1,"note":""}`, `{"checkpoint":1,"entity_type":"run","entity_id":"r","seq":1,"index":0}`,
		`{"checkpoint":1,"entity_id":"r","seq":1,"hash":"x","index":0}`, `{"checkpoint":1,"note":"x","more":` + strings.Repeat("[", 300) + strings.Repeat("]", 300) + `}`,
	} {
		_, err := audit.ReadLine([]byte(line))
		require.ErrorIs(t, err, audit.ErrLine, line)
	}
	_, err := audit.ReadLine([]byte(`{"checkpoint":1,"note":"x","more":[[]]}`))
	require.NoError(t, err)
}

// RFC 8785 has no form for numbers beyond the greatest double. They do not stand for that double.
func TestANumberBeyondDoublesIsNotTheGreatestOne(t *testing.T) {
	sealed, err := audit.Seal(audit.Run("r"), audit.Head{}, audit.Entry{
		Action: "step.opened", Actor: "ann", Payload: []byte(`{"a":1.7976931348623157e308}`),
	})
	require.NoError(t, err)
	line, err := audit.Line{Event: &sealed}.MarshalJSON()
	require.NoError(t, err)
	for number, valid := range map[string]bool{"1.7976931348623157e+308": true, "17976931348623157E292": true, "1e400": false} {
		other := strings.Replace(string(line), `"payload":{"a":1.7976931348623157e+308}`, `"payload":{"a": `+number+`}`, 1)
		require.NotEqual(t, string(line), other)
		read, err := audit.ReadLine([]byte(other))
		require.NoError(t, err)
		var checker audit.Checker
		require.Equal(t, valid, len(checker.Check(read.Event).Flaws) == 0, number)
	}
}

// Where texts are compared, two texts of one key would be two keys.
func TestAKeyHasOneForm(t *testing.T) {
	_, public, err := audit.GenerateKey(strings.NewReader(strings.Repeat("k", 32)), "k")
	require.NoError(t, err)
	require.NoError(t, audit.CheckPublic(public))
	name, rest, _ := strings.Cut(public, "+")
	hash, raw, _ := strings.Cut(rest, "+")
	for _, other := range []string{
		name + "+" + strings.ToUpper(hash) + "+" + raw, public + "\n", name + "+" + hash + "+" + raw[:10] + "\r" + raw[10:],
	} {
		if other != public {
			require.Error(t, audit.CheckPublic(other), "%q", other)
		}
	}
	point := make([]byte, 32)
	point[0] = 1
	require.NoError(t, audit.CheckPublic(keyOfPoint(point)), "the point (0, 1)")
	point[31] = 0x80
	require.Error(t, audit.CheckPublic(keyOfPoint(point)), "0 has no sign")
	for i := range point {
		point[i] = 0xff
	}
	point[0], point[31] = 0xee, 0x7f
	require.Error(t, audit.CheckPublic(keyOfPoint(point)), "the y of (0, 1), not reduced")
}

func keyOfPoint(point []byte) string {
	raw := append([]byte{1}, point...)
	sum := sha256.Sum256(append([]byte("n\n"), raw...))
	return fmt.Sprintf("n+%s+%s", hex.EncodeToString(sum[:4]), base64.StdEncoding.EncodeToString(raw))
}

func TestLinesWithSignaturesHaveNoControlCharacters(t *testing.T) {
	for line, valid := range map[string]bool{"— w AAAAAAA=\n": true, "— w\x1cw AAAAAAA=\n": false, "— w AAAA\rAAA=\n": false} {
		_, err := audit.SignatureLines(line)
		require.Equal(t, valid, err == nil, "%q", line)
	}
}
