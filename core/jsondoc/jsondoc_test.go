package jsondoc_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/jsondoc"
)

func TestParseErrorsHaveReasonOffsetAndPointer(t *testing.T) {
	for text, want := range map[string]jsondoc.Error{
		``:                         {Reason: jsondoc.Empty},
		" \n":                      {Reason: jsondoc.Empty},
		`{"a":1,"a":2}`:            {Reason: jsondoc.Duplicate, Offset: 7, Pointer: "/a"},
		`{"a":{"b":1,"\u0062":2}}`: {Reason: jsondoc.Duplicate, Offset: 12, Pointer: "/a/b"},
		`[1] x`:                    {Reason: jsondoc.Trailing, Offset: 3},
		`[1][2]`:                   {Reason: jsondoc.Trailing, Offset: 4},
		`"\ud800"`:                 {Reason: jsondoc.Encoding, Offset: 1},
		"\"\xff\"":                 {Reason: jsondoc.Encoding, Offset: 1},
		`["\u0000"]`:               {Reason: jsondoc.NUL, Offset: 9, Pointer: "/0"},
		`{"\u0000":1}`:             {Reason: jsondoc.NUL, Offset: 9, Pointer: "/\x00"},
		`[1,]`:                     {Reason: jsondoc.Syntax, Offset: 2},
		`{"a":tru}`:                {Reason: jsondoc.Syntax, Offset: 8, Pointer: "/a"},
		`{"a":`:                    {Reason: jsondoc.Syntax, Offset: 5, Pointer: "/a"},
	} {
		t.Run(text, func(t *testing.T) {
			_, err := jsondoc.Parse([]byte(text))
			var got *jsondoc.Error
			require.ErrorAs(t, err, &got)
			require.Equal(t, want, *got)
			require.NotEmpty(t, got.Error())
		})
	}
}

func TestNestingIsLimitedTo64(t *testing.T) {
	require.NoError(t, jsondoc.Check([]byte(strings.Repeat("[", 64)+strings.Repeat("]", 64))))
	var got *jsondoc.Error
	require.ErrorAs(t, jsondoc.Check([]byte(strings.Repeat("[", 65)+strings.Repeat("]", 65))), &got)
	require.Equal(t, jsondoc.Depth, got.Reason)
}

func TestTheTreeKeepsOrderLiteralsAndOffsets(t *testing.T) {
	n, err := jsondoc.Parse([]byte(`{"z": 1.50, "a" :[true,null,"\u0041"]}`))
	require.NoError(t, err)
	require.Equal(t, jsondoc.Object, n.Kind)
	require.Equal(t, "z", n.Members[0].Name)
	require.Equal(t, "1.50", n.Get("z").Text)
	require.Equal(t, 6, n.Get("z").Offset)
	require.Equal(t, 12, n.Members[1].Offset)
	require.Equal(t, `[true,null,"\u0041"]`, string(n.Get("a").Raw))
	require.True(t, n.Get("a").Items[0].Bool)
	require.Equal(t, jsondoc.Null, n.Get("a").Items[1].Kind)
	require.Equal(t, "A", n.Get("a").Items[2].Text)
	require.Nil(t, n.Get("none"))
	require.Equal(t, "number", n.Get("z").Kind.String())
}

func TestPointersAreEscaped(t *testing.T) {
	require.Equal(t, "/a/b~1c~0d/3", jsondoc.PointerAt(jsondoc.Pointer("/a", "b/c~d"), 3))
}

// FuzzParse checks that Parse never panics, and that encoding/json also accepts every text that Parse accepts.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`{"a":[1,2,{"b":null}]}`, `"\ud83d\ude00"`, `[1e400,-0]`, `{"a":1,"a":2}`, "\"\xff\"", `{"`, `[[[[`, ` true `,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if n, err := jsondoc.Parse(data); err == nil && (!json.Valid(data) || len(n.Raw) == 0) {
			t.Fatalf("accepted %q", data)
		}
	})
}
