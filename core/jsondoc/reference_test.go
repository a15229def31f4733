package jsondoc_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/core/jsondoc"
)

// reference parses a text with jsontext, token by token. It is slower than Parse, and refuses texts with NUL characters
// or too deep nesting as Parse does.
type reference struct {
	data []byte
	dec  *jsontext.Decoder
}

var errRefused = errors.New("refused")

func parseReference(data []byte) (*jsondoc.Node, error) {
	r := reference{data: data, dec: jsontext.NewDecoder(bytes.NewReader(data))}
	n, err := r.value()
	if err != nil {
		return nil, err
	}
	if _, err = r.dec.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, errRefused
	}
	return n, nil
}

func (r *reference) start() int {
	i := int(r.dec.InputOffset())
	for i < len(r.data) && strings.IndexByte(" \t\r\n,:", r.data[i]) >= 0 {
		i++
	}
	return i
}

func (r *reference) text() (string, error) {
	t, err := r.dec.ReadToken()
	if err != nil {
		return "", err
	}
	if strings.IndexByte(t.String(), 0) >= 0 {
		return "", errRefused
	}
	return t.String(), nil
}

func (r *reference) value() (n *jsondoc.Node, err error) {
	n = &jsondoc.Node{Offset: r.start()}
	switch r.dec.PeekKind() {
	case 'n':
		_, err = r.dec.ReadToken()
	case 't', 'f':
		n.Kind, n.Bool = jsondoc.Bool, r.dec.PeekKind() == 't'
		_, err = r.dec.ReadToken()
	case '0':
		n.Kind = jsondoc.Number
		n.Text, err = r.text()
	case '"':
		n.Kind = jsondoc.String
		n.Text, err = r.text()
	case '[', '{':
		err = r.children(n)
	default:
		_, err = r.dec.ReadToken()
		return nil, errors.Join(errRefused, err)
	}
	if err != nil {
		return nil, err
	}
	n.Raw = r.data[n.Offset:r.dec.InputOffset()]
	return n, nil
}

func (r *reference) children(n *jsondoc.Node) error {
	n.Kind = jsondoc.Array
	if r.dec.PeekKind() == '{' {
		n.Kind = jsondoc.Object
	}
	if _, err := r.dec.ReadToken(); err != nil || r.dec.StackDepth() > jsondoc.MaxDepth {
		return errRefused
	}
	for r.dec.PeekKind() != ']' && r.dec.PeekKind() != '}' {
		m := jsondoc.Member{Offset: r.start()}
		var err error
		if n.Kind == jsondoc.Object {
			if m.Name, err = r.text(); err != nil {
				return err
			}
		}
		if m.Value, err = r.value(); err != nil {
			return err
		}
		if n.Kind == jsondoc.Object {
			n.Members = append(n.Members, m)
		} else {
			n.Items = append(n.Items, m.Value)
		}
	}
	_, err := r.dec.ReadToken()
	return err
}

// requireAgreement fails the test unless Parse and the reference return the same tree, or both an error.
func requireAgreement(t require.TestingT, data []byte) {
	want, refused := parseReference(data)
	got, err := jsondoc.Parse(data)
	if refused != nil {
		var at *jsondoc.Error
		require.ErrorAs(t, err, &at, "%q", data)
		return
	}
	require.NoError(t, err, "%q", data)
	require.Equal(t, want, got, "%q", data)
}

// TestParseAgreesWithJSONText compares the trees and the refusals of Parse with those of the reference. The texts are
// valid JSON, valid JSON in which some bytes are replaced, and pieces of JSON in any order.
func TestParseAgreesWithJSONText(t *testing.T) {
	pieces := []string{
		`{`, `}`, `[`, `]`, `,`, `:`, `"a"`, `"b":`, `""`, `0`, `-`, `1`, `.`, `e`, `E+`, `true`, `false`, `null`, `nul`, ` `,
		"\n", "\t", "\v", "\x00", `\u0041`, `\ud83d\ude00`, `\ud800`, `\udc00`, `\u0000`, `\/`, `\"`, `\\`, `\x`, `\u12`, `"`,
		`\`, "\xff", "\xc3\xa9", "\xed\xa0\x80", "\xef\xbb\xbf", "\x7f", "\u2028", "\x1f", `"k":1,`, `"k":{},`, `\uABCD`, `\uabcd`,
	}
	rapid.Check(t, func(t *rapid.T) {
		var text []byte
		if rapid.Bool().Draw(t, "from pieces") {
			text = []byte(strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 12).Draw(t, "pieces"), ""))
		} else {
			var err error
			text, err = json.Marshal(values(4).Draw(t, "value"))
			require.NoError(t, err)
			for range rapid.IntRange(0, 3).Draw(t, "changes") {
				at := rapid.IntRange(0, len(text)).Draw(t, "at")
				until := min(at+rapid.IntRange(0, 3).Draw(t, "removed"), len(text))
				piece := rapid.SampledFrom(pieces).Draw(t, "piece")
				text = []byte(string(text[:at]) + piece + string(text[until:]))
			}
		}
		requireAgreement(t, text)
	})
}

// TestLargeTextsAreParsedAsSmallOnes covers what Parse does otherwise beyond some size: strings that are not shared,
// objects with many members, and more nodes than one allocation has.
func TestLargeTextsAreParsedAsSmallOnes(t *testing.T) {
	var members []string
	for i := range 3000 {
		members = append(members, fmt.Sprintf(`"k%d\u00e9": [%d, "v%d", {"a": "\n"}]`, i, i, i))
	}
	text := "{" + strings.Join(members, ",") + "}"
	requireAgreement(t, []byte(text))
	requireAgreement(t, []byte(text+" x"))
	requireAgreement(t, []byte(strings.Replace(text, `"k2999\u00e9"`, `"k0\u00e9"`, 1)))
	requireAgreement(t, []byte(strings.Replace(text, `"k2999\u00e9"`, "\"k0\xc3\xa9\"", 1)))
}

// FuzzParseAgainstJSONText is like TestParseAgreesWithJSONText for the texts of the fuzzer.
func FuzzParseAgainstJSONText(f *testing.F) {
	for _, seed := range []string{
		`{"a":[1,2,{"b":null}]}`, `"\ud83d\ude00\u0041\/"`, `[1e400,-0,0.10,1E+2]`, `{"a":1,"\u0061":2}`, "\"\xff\"", `{"`, ` [[[[`,
		`[true,false,null,""]`, `{"a" : 1 , "b":{} }`, `01`, `"\ud800"`, `{"a":1} {}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) { requireAgreement(t, data) })
}

// TestAStringThatIsKeptDoesNotKeepALongText keeps one string of each of 64 texts of 1 MiB.
func TestAStringThatIsKeptDoesNotKeepALongText(t *testing.T) {
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	var kept []string
	for range 64 {
		n, err := jsondoc.Parse([]byte(`["abc"` + strings.Repeat(" ", 1<<20) + `]`))
		require.NoError(t, err)
		kept = append(kept, n.Items[0].Text)
	}
	require.Less(t, heap(), before+8<<20)
	runtime.KeepAlive(kept)
}

// commitBody is the body of a commit of four slots and two items.
const commitBody = `{"slots":{"s0":0,"s1":1,"s2":2,"s3":3},` +
	`"checklist":[{"key":"i","completed":true},{"key":"j","completed":true}]}`

func BenchmarkParse(b *testing.B) {
	for name, text := range map[string]string{
		"commit": commitBody, "empty elements": "[" + strings.Repeat("{},", 99_998) + "{}]",
		"1 MiB of text": `["` + strings.Repeat("x", 1<<20) + `"]`, "not JSON": strings.Repeat("[", 60) + "x",
	} {
		b.Run(name, func(b *testing.B) {
			data := []byte(text)
			b.ReportAllocs()
			for b.Loop() {
				_, _ = jsondoc.Parse(data)
			}
		})
	}
}

func TestParsingACommitBodyTakesFewAllocations(t *testing.T) {
	data := []byte(commitBody)
	allocated := testing.AllocsPerRun(100, func() {
		_, err := jsondoc.Parse(data)
		require.NoError(t, err)
	})
	require.LessOrEqual(t, allocated, 9.0)
}
