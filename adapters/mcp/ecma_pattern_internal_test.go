package mcp

import (
	"encoding/json"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Each expression has the pattern that says the same in ECMA-262, or none.
func TestAPatternSaysInECMAScriptWhatItsExpressionSays(t *testing.T) {
	for expression, want := range map[string]string{
		"LOT-[0-9]{4}": "LOT-[0-9]{4}", "a|bc": "(?:a|bc)", "a/b": `a\/b`, "[^-a]+?": `[^\-a]+`, `\d\.\d*`: `[0-9]\.[0-9]*`,
		"(?i)ab": "[Aa][Bb]", "(?i)k": "[Kk\u212A]", "(?P<y>[0-9]{4})": "(?:[0-9]{4})", "(?<y>a)?": "(?:a)?",
		"(?s).*": `[\s\S]*`, ".*": `[^\n]*`, `\s`: `[\u0009-\u000A\u000C-\u000D ]`, `\S`: `[^\u0009-\u000A\u000C-\u000D ]`,
		`[[:upper:]]{2}`: "[A-Z]{2}", `[[:^upper:]]`: "[^A-Z]", `\w{2,}`: `[0-9A-Z_a-z]{2,}`, `\Aab\z`: "^ab$", "^a$": "^a$",
		`\bé\B`: `\bé\B`, `\Qa.b\E`: `a\.b`, `\Q{`: `\{`, `\x{1F600}`: "😀", "😀+": "(?:😀)+", `(?:ab){2,3}`: "(?:ab){2,3}",
		`\x00`: `\u0000`, `\a`: `\u0007`, "(?U)a+?": "(?:a)+", "": "(?:)", "(|a)": "(?:(?:)|a)", `[\]\[^]`: `[\[\]-\^]`,
		`\p{Greek}+`: "", `\pL+`: "", `\p{Any}`: `[\s\S]`, "(?m)^a$": "",
		"[😀-😂]": "", "a|😀": "(?:😀|[a])", "[^😀]": "", `\s|\S`: `[\s\S]`, `[\x{D800}]`: "", `[^\x00-\x{10FFFF}]`: "",
		strings.Repeat("ab", 300): "",
	} {
		if want != "" {
			want = "^(?:" + want + ")$"
		}
		got, ok := ecmaPattern(expression)
		assert.Equal(t, want, got, expression)
		assert.Equal(t, want != "", ok, expression)
	}
}

// matching reports which texts match which patterns in ECMA-262, with the flag u.
const matching = `let text = ""; process.stdin.on("data", d => text += d).on("end", () => console.log(JSON.stringify(
  JSON.parse(text).map(([pattern, value]) => { new RegExp(pattern); return new RegExp(pattern, "u").test(value); }))));`

func TestAPatternMatchesWhatItsExpressionMatches(t *testing.T) {
	node, err := exec.LookPath("node")
	require.NoError(t, err, "the console needs Node.js, too: make packages installs it")
	var pairs [][2]string
	var want []bool
	parts := rapid.SampledFrom([]string{
		"a", "B", "k", "é", "ß", "😀", "-", "]", "/", `\.`, `\\`, ".", "(?s:.)", `\s`, `\S`, `\d`, `\D`, `\w`, `\W`, `\b`,
		`\B`, "^", "$", `\A`, `\z`, "[a-k]", "[^a-k]",
		`[\]\\^-]`, "[[:alpha:]_]", `[^\n]`, "(?i:k)", "(?i:[a-s])", "(?P<n>a|B)",
		"(a|)", "(?:aB|k-)", `\Qa.B\E`, `\x{1F600}`, `\x20`, "(?i:ß)", `[\x{80}-\x{FFFF}]`, `\t`,
	})
	quantifiers := rapid.SampledFrom([]string{"*", "+", "?", "{2}", "{1,2}", "{2,}", "*?"})
	expressions := rapid.Custom(func(t *rapid.T) string {
		var expression strings.Builder
		for i := range rapid.IntRange(1, 4).Draw(t, "parts") {
			part := parts.Draw(t, "part")
			switch {
			case i > 0 && rapid.IntRange(0, 7).Draw(t, "or") == 0:
				expression.WriteString("|")
			case rapid.IntRange(0, 2).Draw(t, "repeat") == 0:
				part = "(?:" + part + ")" + quantifiers.Draw(t, "quantifier")
			}
			expression.WriteString(part)
		}
		return expression.String()
	})
	values := rapid.SliceOfN(rapid.SampledFrom([]string{
		"a", "B", "k", "K", "\u212a", "é", "ß", "ẞ", "ſ", "😀", "-",
		"]", "/", ".", `\`, " ", "\n", "\t", "\r", "\v", "\u00a0", "\u2028", "1", "_", "^",
	}), 0, 4)
	rapid.Check(t, func(t *rapid.T) {
		expression := expressions.Draw(t, "expression")
		pattern, ok := ecmaPattern(expression)
		if !ok {
			t.Fatalf("no pattern for %s", expression)
		}
		whole := regexp.MustCompile(`\A(?:` + expression + `)\z`)
		for range 20 {
			value := strings.Join(values.Draw(t, "value"), "")
			pairs, want = append(pairs, [2]string{pattern, value}), append(want, whole.MatchString(value))
		}
	})
	command := exec.CommandContext(t.Context(), node, "-e", matching)
	input, err := json.Marshal(pairs)
	require.NoError(t, err)
	command.Stdin = strings.NewReader(string(input))
	output, err := command.Output()
	require.NoError(t, err)
	var got []bool
	require.NoError(t, json.Unmarshal(output, &got))
	require.Len(t, got, len(want))
	for i, pair := range pairs {
		require.Equal(t, want[i], got[i], "%q", pair)
	}
	require.Contains(t, want, true)
}
