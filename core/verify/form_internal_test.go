package verify

import (
	"bytes"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestIsCanonical(t *testing.T) {
	for text, want := range map[string]bool{
		`{}`: true, `[]`: true, `{"a":[1,true,false,null,"é"],"b":{"c":""}}`: true, `{"é":1}`: true, `1e+21`: true,
		`{"b":1,"a":1}`: false, `{"a":1,"a":1}`: false, `{"a": 1}`: false, `{"a":1} `: false, `[01]`: false, `[1.0]`: false,
		`"\u0061"`: false, `"\n"`: true, "\"\n\"": false, "\"\xff\"": false, `{"":1,"a":2}`: true, `{"":1,"":2}`: false,
		`[1,]`: false, `[,1]`: false, `{"a"}`: false, `{"a":`: false, `["`: false, `tru`: false, ``: false, `-0`: false,
		`1234567890123456`: true, `12345678901234567890`: false,
	} {
		require.Equal(t, want, isCanonical(jsontext.Value(text)), text)
	}
}

func TestIsCanonicalLimitsTheNesting(t *testing.T) {
	for _, brackets := range [][2]string{{"[", "]"}, {`{"a":`, "}"}} {
		nested := func(depth int) jsontext.Value {
			return jsontext.Value(strings.Repeat(brackets[0], depth) + "1" + strings.Repeat(brackets[1], depth))
		}
		require.True(t, isCanonical(nested(maxDepth)))
		require.False(t, isCanonical(nested(maxDepth+1)))
	}
}

// TestCommonTextsNeedNoGeneralAlgorithm: it takes many times as long.
func TestCommonTextsNeedNoGeneralAlgorithm(t *testing.T) {
	for text, want := range map[string]bool{
		`{"a":1,"a!":"x","b":[0,9,10,{}]}`: true, `123456789012345`: true, `"é"`: true, `[true,false,null,[]]`: true,
		`1234567890123456`: false, `01`: false, `-1`: false, `1.5`: false, `"\n"`: false, `{"é":1}`: false, `{"b":1,"a":1}`: false,
	} {
		f := formScanner{text: []byte(text)}
		require.Equal(t, want, f.value(0) && f.pos == len(text), text)
	}
}

func TestIsCanonicalAgreesWithTheGeneralAlgorithm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		members := rapid.MapOfN(rapid.String(), rapid.OneOf(
			rapid.Map(rapid.String(), func(s string) any { return s }),
			rapid.Map(rapid.Int64(), func(n int64) any { return n }),
			rapid.Map(rapid.SliceOfN(rapid.Bool(), 0, 3), func(l []bool) any { return l }),
		), 0, 4).Draw(t, "members")
		text, err := json.Marshal(members)
		require.NoError(t, err)
		if rapid.Bool().Draw(t, "change") {
			text[rapid.IntRange(0, len(text)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "byte")
		}
		form := jsontext.Value(bytes.Clone(text))
		want := form.Canonicalize() == nil && bytes.Equal(form, text)
		require.Equal(t, want, isCanonical(text), "%q", text)
	})
}

func BenchmarkIsCanonical(b *testing.B) {
	text := jsontext.Value(`{"decisions":[{"condition":"steps.checks.when","result":true,"values":{"country":"FR"}}],` +
		`"slots":{"amount":"123.45","note":"a text as people type it, with an accent: é"},"step":"customer","visit":1}`)
	for b.Loop() {
		if !isCanonical(text) {
			b.Fatal("not canonical")
		}
	}
}
