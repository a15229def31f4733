package jsondoc_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/core/jsondoc"
)

// reason returns the reason why Parse refuses a text, or "" if Parse accepts it.
func reason(text string) string {
	_, err := jsondoc.Parse([]byte(text))
	var refused *jsondoc.Error
	if errors.As(err, &refused) {
		return refused.Reason
	}
	return ""
}

func TestReasonsOfRefusedTexts(t *testing.T) {
	const accepted = ""
	for want, texts := range map[string][]string{
		jsondoc.Syntax: {
			`nul`, `tru`, `'a'`, `[01]`, `-`, `+1`, `.5`, `1.`, `1e`, `NaN`, `-Infinity`, `[0x1]`, `{"a" 1}`, `{a:1}`,
			`{1:1}`, `{"a":}`, `[1 2]`, `[,1]`, `{"a":1,}`, `"a`, `"\x"`, `"\u12"`, "\"a\nb\"", "\"\x01\"",
			`[1`, `]`, `{]`, "\ufeff1", "/*c*/1", `undefined`,
		},
		jsondoc.Trailing:  {`1 2`, `{} {}`, `null,`, `"a""b"`, `[] ]`, "1 \x00"},
		jsondoc.Duplicate: {`{"a":1,"b":2,"a":1}`, `[{"":1,"":1}]`, `{"é":1,"\u00e9":2}`},
		jsondoc.Encoding: {
			"\"\xc0\x80\"", "\"\xed\xa0\x80\"", "{\"\xff\":1}", `"\udc00"`, `"\ud800\u0041"`, `"\ud800\ud800"`,
			`["\ud83d"]`, `{"\udfff":1}`,
		},
		jsondoc.NUL:   {`"\u0000"`, `{"a\u0000":1}`, `[{"a":"x\u0000y"}]`},
		jsondoc.Empty: {"", " ", "\t\r\n"},
		accepted: {
			`null`, ` 1 `, `"\ud83d\ude00"`, `{"a":{"a":1},"A":1}`, `[]`, "\"\u2028\"", `"\u0001"`, `1e99999`,
		},
	} {
		t.Run(want, func(t *testing.T) {
			for _, text := range texts {
				require.Equal(t, want, reason(text), "%q", text)
			}
		})
	}
}

func TestDepthCountsArraysAndObjectsAndIsCheckedWhileReading(t *testing.T) {
	nested := func(n int) string { return strings.Repeat(`{"a":[`, n) + strings.Repeat(`]}`, n) }
	require.Empty(t, reason(nested(32)))
	require.Equal(t, jsondoc.Depth, reason(nested(33)))
	require.Equal(t, jsondoc.Depth, reason(strings.Repeat(`[`, 1<<20)), "the depth is reported, not the missing end")
	require.Empty(t, reason("["+strings.Repeat("[[]],", 500)+"1]"), "siblings do not add to the depth")
}

// values draws Go values of the types to which encoding/json decodes JSON, nested up to the given depth.
func values(depth int) *rapid.Generator[any] {
	text := rapid.StringOf(rapid.Rune().Filter(func(r rune) bool { return r != 0 && utf8.ValidRune(r) }))
	number := rapid.StringMatching(`-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,9})?([eE][+-]?[0-9]{1,4})?`)
	scalar := rapid.OneOf(
		rapid.Just[any](nil),
		rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.Map(text, func(s string) any { return s }),
		rapid.Map(number, func(s string) any { return json.Number(s) }),
	)
	if depth == 0 {
		return scalar
	}
	return rapid.OneOf(scalar,
		rapid.Map(rapid.SliceOfN(values(depth-1), 0, 4), func(s []any) any { return s }),
		rapid.Map(rapid.MapOfN(text, values(depth-1), 0, 4), func(m map[string]any) any { return m }))
}

// decoded converts a tree to the Go value that encoding/json would return. It also checks the offset and raw text of
// every node.
func decoded(t require.TestingT, data []byte, n *jsondoc.Node) any {
	require.True(t, bytes.HasPrefix(data[n.Offset:], n.Raw), "the raw text is found at the offset")
	require.True(t, json.Valid(n.Raw))
	switch n.Kind {
	case jsondoc.Bool:
		return n.Bool
	case jsondoc.Number:
		return json.Number(n.Text)
	case jsondoc.String:
		return n.Text
	case jsondoc.Array:
		list := []any{}
		for _, item := range n.Items {
			list = append(list, decoded(t, data, item))
		}
		return list
	case jsondoc.Object:
		object := map[string]any{}
		for _, m := range n.Members {
			require.Equal(t, byte('"'), data[m.Offset], "the offset of a member is that of its name")
			object[m.Name] = decoded(t, data, m.Value)
		}
		return object
	}
	return nil
}

func TestParseAgreesWithTheStandardLibraryOnValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		data, err := json.Marshal(values(3).Draw(t, "value"))
		require.NoError(t, err)
		if rapid.Bool().Draw(t, "indented") {
			var b bytes.Buffer
			require.NoError(t, json.Indent(&b, data, " ", "\t"))
			data = b.Bytes()
		}
		n, err := jsondoc.Parse(data)
		require.NoError(t, err, "%s", data)
		d := json.NewDecoder(bytes.NewReader(data))
		d.UseNumber()
		var want any
		require.NoError(t, d.Decode(&want))
		require.Equal(t, want, decoded(t, data, n), "%s", data)
	})
}

// acceptable reports whether Parse should accept a text. It uses only the standard library, which decodes a lone
// surrogate to U+FFFD. The texts below do not contain U+FFFD, so in a decoded string it always means a lone surrogate.
func acceptable(data []byte) bool {
	if !json.Valid(data) || !utf8.Valid(data) {
		return false
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var names []map[string]bool // the member names of each open object; nil for an open array
	isName := true              // whether the next string in an object is a member name
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return true
		}
		inObject := len(names) > 0 && names[len(names)-1] != nil
		s, isText := token.(string)
		switch {
		case isText && strings.ContainsAny(s, "\x00\ufffd"):
			return false
		case isText && inObject && isName:
			if names[len(names)-1][s] {
				return false
			}
			names[len(names)-1][s], isName = true, false
			continue
		case token == json.Delim('{'):
			names = append(names, map[string]bool{})
		case token == json.Delim('['):
			names = append(names, nil)
		case token == json.Delim('}') || token == json.Delim(']'):
			names = names[:len(names)-1]
		}
		if len(names) > jsondoc.MaxDepth {
			return false
		}
		isName = true
	}
}

func TestParseAgreesWithTheStandardLibraryOnAcceptedTexts(t *testing.T) {
	pieces := []string{
		`{`, `}`, `[`, `]`, `,`, `:`, `"a"`, `"b"`, `"a":`, `"b":1`, `1`, `-0.5e3`, `01`, `true`, `nul`, ` `, "\n",
		`"\ud800"`, `"\ud83d\ude00"`, `"\u0000"`, "\"\xff\"", `\`, `"`,
	}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 8).Draw(t, "pieces"), "")
		if rapid.Bool().Draw(t, "damaged") {
			// The text is valid JSON in which a random piece replaces 0 to 3 bytes.
			good := `{"a":[1,{"b":"x"},null],"c":{"d":[true,"\u00e9"]}}`
			at := rapid.IntRange(0, len(good)).Draw(t, "at")
			cut := rapid.IntRange(at, min(at+3, len(good))).Draw(t, "cut")
			text = good[:at] + rapid.SampledFrom(pieces).Draw(t, "piece") + good[cut:]
		}
		err := jsondoc.Check([]byte(text))
		require.Equal(t, acceptable([]byte(text)), err == nil, fmt.Sprintf("%q: %v", text, err))
	})
}
