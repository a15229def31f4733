package yaml_test

import (
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

func TestToJSONRefuses(t *testing.T) {
	for _, text := range []string{
		"a: &x [1]\nb: *x", "a: 1\n---\nb: 2", "[a]: 1", "{", "\t- x", "a: 1\na: 2x: 3", "<<: {a: 1}",
		strings.Repeat("- ", 80) + "x", "",
	} {
		t.Run(text, func(t *testing.T) {
			_, err := yaml.ToJSON([]byte(text))
			require.Error(t, err)
		})
	}
}
