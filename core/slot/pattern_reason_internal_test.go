package slot

import (
	"regexp/syntax"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/fault"
)

func TestTheReasonOfAnInvalidPatternIsACode(t *testing.T) {
	long := "(?P<" + strings.Repeat("é", 50) + "-"
	for source, want := range map[string]fault.Params{
		`[[:foo:]]`: {"reason": "char_range", "part": "[:foo:]"},
		`[z-a]`:     {"reason": "char_range", "part": "z-a"},
		`\y`:        {"reason": "escape", "part": `\y`},
		`\8`:        {"reason": "escape", "part": `\8`},
		`(?P<a`:     {"reason": "named_capture", "part": "(?P<a"},
		long:        {"reason": "named_capture", "part": long[:4] + strings.Repeat("é", 35) + "…"},
		`(?=a)`:     {"reason": "perl", "part": "(?="},
		`a**`:       {"reason": "repeat_op", "part": "**"},
		`a{2,1}`:    {"reason": "repeat_size", "part": "{2,1}"},
		`a{1001}`:   {"reason": "repeat_size", "part": "{1001}"},
		`*a`:        {"reason": "repeat_argument", "part": "*"},
		"a\xff":     {"reason": "utf8"},
		`[a`:        {"reason": "bracket"},
		`(a`:        {"reason": "parenthesis"},
		`a)(b`:      {"reason": "unexpected_parenthesis"},
		`a\`:        {"reason": "backslash"},
		strings.Repeat("(", 2e3) + strings.Repeat(")", 2e3): {"reason": "depth"},
		`(a{1000}){1000}`: {"reason": "repeat_size", "part": "{1000}"},
		`\pL{1000}\pL{1000}\pL{1000}\pL{1000}\pL{1000}\pL`: {"reason": "size"},
	} {
		_, _, err := compilePattern(source)
		require.Error(t, err, source)
		require.Equal(t, want, patternParams(err), "%.60q", source)
	}
	require.Equal(t, fault.Params{"reason": "unknown"}, patternParams(&syntax.Error{Code: syntax.ErrInternalError}))
}
