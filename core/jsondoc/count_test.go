package jsondoc_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/jsondoc"
)

func TestValuesAreCountedOutsideOfStrings(t *testing.T) {
	for text, want := range map[string]int{
		`1`: 1, `"a,[{"`: 1, `"a\",["`: 1, `"\\",`: 2, `[]`: 1, `[ ]`: 1, `[1,2]`: 3, `{"a":[1, {} ]}`: 4, `[ [ [ ] ] ]`: 3,
		`{"a,b":",","c":"\\\","}`: 3, "[" + strings.Repeat("{},", 1000) + "{}]": 1002,
	} {
		require.Equal(t, want, jsondoc.CountValues([]byte(text)), text)
	}
}
