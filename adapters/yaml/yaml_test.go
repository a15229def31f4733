package yaml_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/yaml"
)

func TestToJSON(t *testing.T) {
	for text, want := range map[string]string{
		"a: 1\nb: [true, null, ~, x]": `{"a":1,"b":[true,null,null,"x"]}`,
		"n: 12345678901234567890.50":  `{"n":12345678901234567890.50}`,
		"d: 2026-11-23":               `{"d":"2026-11-23"}`,
		"t: \"1\"\nu: '2'":            `{"t":"1","u":"2"}`,
		"h: 0x10\ni: .inf\nj: 1_000":  `{"h":"0x10","i":".inf","j":"1_000"}`,
		"text: |\n  two\n  lines\n":   `{"text":"two\nlines\n"}`,
		"1: x":                        `{"1":"x"}`,
		"no: yes":                     `{"no":"yes"}`,
	} {
		t.Run(text, func(t *testing.T) {
			got, err := yaml.ToJSON([]byte(text))
			require.NoError(t, err)
			require.Equal(t, want, string(got))
		})
	}
}

func TestAliasesAreExpanded(t *testing.T) {
	for text, want := range map[string]string{
		"a: &x [1, two]\nb: *x":             `{"a":[1,"two"],"b":[1,"two"]}`,
		"a: &x {k: &y v}\nb: [*x, *y]":      `{"a":{"k":"v"},"b":[{"k":"v"},"v"]}`,
		"- &k name\n- {*k : 1}":             `["name",{"name":1}]`,
		"a: &x 1.50\nb: *x\nc: &x 2\nd: *x": `{"a":1.50,"b":1.50,"c":2,"d":2}`,
		"\"<<\": 1":                         `{"<<":1}`,
	} {
		got, err := yaml.ToJSON([]byte(text))
		require.NoError(t, err, text)
		require.Equal(t, want, string(got))
	}
	line, column := yaml.Locate([]byte("a: &x\n  - k: 1\nb: *x"), "/b/0/k")
	require.Equal(t, []int{2, 5}, []int{line, column}, "the place where the value is written")
}

func TestAliasesAreBounded(t *testing.T) {
	var nested, wide strings.Builder
	nested.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x]\n")
	for i := range 20 {
		fmt.Fprintf(&nested, "a%d: &a%d [%s*a%d]\n", i+1, i+1, strings.Repeat(fmt.Sprintf("*a%d, ", i), 8), i)
	}
	wide.WriteString("a: &a " + strings.Repeat("x", 10_000) + "\nb:\n" + strings.Repeat("- *a\n", 1000))
	for name, text := range map[string]string{"nested": nested.String(), "wide": wide.String()} {
		_, err := yaml.ToJSON([]byte(text))
		var refused *yaml.Error
		require.ErrorAs(t, err, &refused, name)
		require.Equal(t, yaml.Expansion, refused.Reason, name)
	}
}

func TestToJSONRefuses(t *testing.T) {
	for text, want := range map[string]yaml.Error{
		"a: 1\n---\nb: 2":              {Reason: yaml.Several, Line: 2},
		"x: 1\n[a]: 1":                 {Reason: yaml.Key, Line: 2},
		"a: 1\n<<: {a: 1}":             {Reason: yaml.MergeKey, Line: 2},
		"a: &x {k: 1}\nb:\n  <<: *x":   {Reason: yaml.MergeKey, Line: 3},
		strings.Repeat("- ", 80) + "x": {Reason: yaml.Depth, Line: 1},
		"a: &x [*x]":                   {Reason: yaml.Depth, Line: 1},
		"":                             {Reason: yaml.Empty, Line: 1},
		"# only a comment\n":           {Reason: yaml.Empty, Line: 1},
		"a: *x":                        {Reason: yaml.Syntax, Line: 1, Detail: "unknown anchor 'x' referenced"},
	} {
		_, err := yaml.ToJSON([]byte(text))
		var refused *yaml.Error
		require.ErrorAs(t, err, &refused, text)
		require.Equal(t, want, *refused, text)
	}
	for _, text := range []string{"{", "\t- x", "a: 1\na: 2x: 3", "a: 1\n--- [\n"} {
		_, err := yaml.ToJSON([]byte(text))
		var refused *yaml.Error
		require.ErrorAs(t, err, &refused, text)
		require.Equal(t, yaml.Syntax, refused.Reason, text)
	}
}
