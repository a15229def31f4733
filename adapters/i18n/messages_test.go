package i18n_test

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/slot"
)

// messages returns all messages by id, with their texts by plural form. A message without plural forms has only the
// form "other".
func messages(t *testing.T, language string) map[string]map[string]string {
	t.Helper()
	var all map[string]any
	for _, file := range []string{"active", "pages"} {
		data, err := os.ReadFile("messages/" + file + "." + language + ".json")
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(data, &all))
	}
	forms := map[string]map[string]string{}
	for id, message := range all {
		forms[id] = map[string]string{}
		switch message := message.(type) {
		case string:
			forms[id]["other"] = message
		case map[string]any:
			for form, text := range message {
				forms[id][form] = text.(string)
			}
		}
	}
	return forms
}

// sources returns the text of all Go files that match the patterns, except test files.
func sources(t *testing.T, patterns ...string) string {
	t.Helper()
	var all strings.Builder
	for _, pattern := range patterns {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		require.NotEmpty(t, files, pattern)
		for _, f := range files {
			if !strings.HasSuffix(f, "_test.go") {
				data, err := os.ReadFile(f)
				require.NoError(t, err)
				all.Write(data)
			}
		}
	}
	return all.String()
}

// actions matches the names of events. They look like codes of problems but have no messages.
var actions = regexp.MustCompile(`^(run\.(created|started|completed|failed|action_refused|content_erased)|slot\.revealed` +
	`|step\.(opened|draft_saved|draft_refused|committed|commit_refused|amended|skipped|not_applicable|value_erased)` +
	`|procedure\.(created|version_published|archived|unarchived))$`)

func TestEveryCodeInTheSourceHasAMessage(t *testing.T) {
	en := messages(t, "en")
	text := sources(t, "../../core/*/*.go", "../../adapters/http/*.go", "../../adapters/cel/*.go")
	want := map[string]bool{}
	issues := regexp.MustCompile(`"((?:validation|request|definition)\.[a-z_]+)"`)
	for _, m := range issues.FindAllStringSubmatch(text, -1) {
		want[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`\bfind\([^\n]*?"([a-z_]+)", (?:nil|fault)`).FindAllStringSubmatch(text, -1) {
		want["definition."+m[1]] = true
	}
	for _, m := range regexp.MustCompile(`"(condition_[a-z]+)"`).FindAllStringSubmatch(text, -1) {
		want["definition."+m[1]] = true
	}
	areas := `token|access|auth|request|procedure|definition|run|step|values|idempotency|service|condition|slot`
	for _, m := range regexp.MustCompile(`"((?:`+areas+`)\.[a-z_]+)"`).FindAllStringSubmatch(text, -1) {
		if en[m[1]] == nil && (!actions.MatchString(m[1]) || m[1] == "procedure.archived") {
			want["problem."+m[1]+".title"], want["problem."+m[1]+".detail"] = true, true
			delete(want, m[1])
		}
	}
	require.Greater(t, len(want), 60)
	for id := range want {
		require.Contains(t, en, id)
	}
}

// The words of verification are complete: every problem in the source has a text, and every text is of a problem there.
func TestEveryFindingHasAMessage(t *testing.T) {
	en := messages(t, "en")
	text := sources(t, "../../core/*/*.go", "../sqlite/*.go", "../postgres/*.go")
	calls := regexp.MustCompile(`\b(?:(?:Wrong|rulesChanged)\(|(?:ProblemOf|warnOf|tooEarly)\([^"\n]*, )"([a-z_0-9]+)"[,)]`)
	used := map[string]bool{}
	for _, m := range calls.FindAllStringSubmatch(text, -1) {
		used["finding."+m[1]] = true
	}
	ofVersions := regexp.MustCompile(`\badd\("([a-z_]+)"`) // in a function that wraps what it is given
	for _, m := range ofVersions.FindAllStringSubmatch(sources(t, "../../core/verify/procedure.go"), -1) {
		used["finding."+m[1]] = true
	}
	require.Greater(t, len(used), 80)
	for id := range used {
		require.True(t, en[id] != nil, id)
	}
	for id := range en {
		if strings.HasPrefix(id, "finding.") {
			require.True(t, used[id], "nothing says %s", id)
		}
	}
}

func TestFindingsAreWordedInBothLanguages(t *testing.T) {
	run := audit.Run("r")
	row := audit.Wrong("row_differs", "where", audit.Wrong("row_of_slot", "step", "s", "slot", "a", "visit", 1), "columns", "x, y")
	for _, c := range []struct {
		finding audit.Finding
		en, fr  string
	}{
		{
			audit.Finding{Entity: run, Seq: 12345, Problem: audit.Wrong("hash")},
			"run r event 12345: the hash does not match the canonical bytes",
			"exécution r, événement 12345\u00a0: l’empreinte ne correspond pas aux octets canoniques",
		},
		{
			audit.Finding{Entity: run, Problem: audit.Wrong("rows", "what", row)},
			"run r: stored rows: slot s.a of visit 1 differs from the trail in x, y",
			"exécution r\u00a0: lignes enregistrées\u00a0: le champ s.a de la visite 1 diffère du journal dans x, y",
		},
		{
			audit.Finding{Entity: audit.CheckpointNumbered(7), Warning: true, Problem: audit.Wrong("covers_more",
				"leaves", audit.Wrong("leaves", "count", 2), "changed", audit.Wrong("entities", "count", 1))},
			"warning: checkpoint 7: it has 2 leaves, but only 1 entity changed before it according to the feed",
			"avertissement\u00a0: point de contrôle 7\u00a0: il a 2 feuilles, mais selon le flux d’audit, il ne devait couvrir que 1 entité",
		},
		{
			audit.Finding{Entity: run, Problem: audit.ProblemOf(errors.Join(errors.New("x"), audit.Wrong("signers").Err()), "cause")},
			"run r: it is not signed by exactly the keys that it names",
			"exécution r\u00a0: il n’est pas signé exactement par les clés qu’il nomme",
		},
		{
			audit.Finding{Entity: audit.Entity{Type: "strange", ID: "x"}, Problem: audit.ProblemOf(errors.New("bad luck"), "cause")},
			"strange x: bad luck", "strange x\u00a0: bad luck",
		},
	} {
		require.Equal(t, c.en, i18n.Accept("en").Finding(c.finding))
		require.Equal(t, c.fr, i18n.Accept("fr").Finding(c.finding))
	}
}

func TestEveryReasonOfAConditionHasWordsInBothLanguages(t *testing.T) {
	text := sources(t, "../cel/*.go", "../../core/run/*.go", "../../core/condition/*.go")
	codes := map[string]bool{}
	for _, pattern := range []string{
		"(?s)\\bwhen\\([`\"].{1,250}?[`\"], \"([a-z_]+)\"", `condition\.Error\{Reason: "([a-z_]+)"`,
		`\breason\{(?:code: )?"([a-z_]+)"`, `\.reportType\([^\n]*, "([a-z_]+)"\)`,
		`(?:stepIsNoValue|UnknownReason|reasonErased) = "([a-z_]+)"`,
	} {
		found := regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1)
		require.NotEmpty(t, found, pattern)
		for _, m := range found {
			codes[m[1]] = true
		}
	}
	require.Greater(t, len(codes), 30)
	for _, language := range []string{"en", "fr"} {
		all := messages(t, language)
		for code := range codes {
			require.Contains(t, all, "condition_reason."+code, language)
		}
		for id := range all {
			if code, ok := strings.CutPrefix(id, "condition_reason."); ok {
				require.True(t, codes[code], "nothing has the reason %s", code)
			}
		}
	}
}

func TestEveryReasonOfAPatternHasWordsInBothLanguages(t *testing.T) {
	codes := map[string]bool{"unknown": true}
	text := sources(t, "../../core/slot/pattern_reason.go")
	for _, m := range regexp.MustCompile(`syntax\.Err\w+:\s*\{"([a-z_0-9]+)"`).FindAllStringSubmatch(text, -1) {
		codes[m[1]] = true
	}
	require.Len(t, codes, 16)
	for _, language := range []string{"en", "fr"} {
		all := messages(t, language)
		for code := range codes {
			require.Contains(t, all, "pattern_reason."+code, language)
		}
		for id := range all {
			if code, ok := strings.CutPrefix(id, "pattern_reason."); ok {
				require.True(t, codes[code], "nothing has the reason %s", code)
			}
		}
	}
	for _, c := range []struct {
		params fault.Params
		en, fr string
	}{
		{
			fault.Params{"reason": "char_range", "part": "z-a"},
			"The pattern is not a valid regular expression (RE2): “z-a” is not a range of characters.",
			"Ce format n’est pas une expression régulière valide (RE2)\u00a0: «\u00a0z-a\u00a0» n’est pas un intervalle de caractères.",
		},
		{
			fault.Params{"reason": "unheard_of"},
			"The pattern is not a valid regular expression (RE2): it cannot be read.",
			"Ce format n’est pas une expression régulière valide (RE2)\u00a0: elle ne peut pas être lue.",
		},
	} {
		is := fault.Issue{Code: "definition.pattern", Params: c.params}
		require.Equal(t, c.en, i18n.Accept("en").Issue(is))
		require.Equal(t, c.fr, i18n.Accept("fr").Issue(is))
	}
}

func TestEveryTextOfTheTerminalAndTheCommandLineHasAMessage(t *testing.T) {
	en := messages(t, "en")
	text := sources(t, "../terminal/*.go", "../../cmd/procedo/*.go")
	for call, prefix := range map[string]string{
		`\b[wv]\.say\("([a-z_.]+)", `: "terminal.",
		`\bhint\("([a-z_.]+)", `:      "terminal.hint.",
		`"(terminal\.[a-z_.]+)", `:    "",
		`\bsay\("([a-z_]+)", `:        "command.",
		`\bcount\("([a-z_]+)", `:      "count.",
	} {
		found := regexp.MustCompile(call).FindAllStringSubmatch(text, -1)
		require.NotEmpty(t, found, call)
		for _, m := range found {
			if prefix == "command." && en["terminal."+m[1]] != nil {
				continue // the call is in the terminal; its messages begin with "terminal."
			}
			require.Contains(t, en, prefix+m[1])
		}
	}
	for _, typ := range slot.Types[1:] { // the first type, string, has no hint
		require.Contains(t, en, "terminal.hint."+string(typ))
	}
}

func TestEveryStateHasAMessage(t *testing.T) {
	en := messages(t, "en")
	for _, s := range []run.State{run.Pending, run.InProgress, run.Completed, run.Failed} {
		require.Contains(t, en, "state."+string(s))
	}
	for _, s := range []run.StepState{run.Locked, run.Open, run.Committed, run.Skipped, run.NotApplicable} {
		require.Contains(t, en, "state."+string(s))
	}
}

func TestBothLanguagesHaveTheSameMessagesFormsAndParameters(t *testing.T) {
	en, fr := messages(t, "en"), messages(t, "fr")
	names := func(text string) []string {
		all := regexp.MustCompile(`\.\w+\b`).FindAllString(
			strings.Join(regexp.MustCompile(`\{\{[^}]*\}\}`).FindAllString(text, -1), " "), -1)
		slices.Sort(all)
		return slices.Compact(all)
	}
	require.ElementsMatch(t, slices.Collect(maps.Keys(en)), slices.Collect(maps.Keys(fr)))
	for id, forms := range en {
		require.ElementsMatch(t, slices.Collect(maps.Keys(forms)), slices.Collect(maps.Keys(fr[id])), id)
		if len(forms) > 1 {
			require.NotEmpty(t, forms["one"], id)
		}
		require.NotEmpty(t, forms["other"], id)
		for form, text := range forms {
			require.Equal(t, names(forms["other"]), names(text), "%s, %s", id, form)
			require.Equal(t, names(text), names(fr[id][form]), "%s, %s", id, form)
		}
	}
}

func TestMessagesThatCountHavePluralForms(t *testing.T) {
	for id, forms := range messages(t, "en") {
		if strings.HasPrefix(id, "count.") || strings.Contains(forms["other"], "{{.count}}") {
			require.NotEmpty(t, forms["one"], id)
		}
		require.NotRegexp(t, `\(s\)`, forms["other"], id)
	}
}

func TestFrenchMessagesFollowFrenchTypography(t *testing.T) {
	for id, forms := range messages(t, "fr") {
		for _, text := range forms {
			require.NotRegexp(t, ` [:;!?»](\s|$)|« |'`, text, id)
			require.NotRegexp(t, `[^\x{00a0}\x{202f}\s.][;!?»](\s|$)|[^\x{00a0}\s]:(\s|$)|«[^\x{00a0}]`, text, id)
		}
	}
}

func TestFrenchMessagesUseTheWordsOfTheGlossary(t *testing.T) {
	en := messages(t, "en")
	for id, forms := range messages(t, "fr") {
		for form, text := range forms {
			require.NotRegexp(t, `(?i)\b(motifs?|passages?|membres?)\b`, text, id)
			if !strings.Contains(id, "checkpoint") && !strings.Contains(en[id][form], "checkpoint") {
				require.NotRegexp(t, `(?i)points? de contrôle`, text, id)
			}
		}
	}
}
