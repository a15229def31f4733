package i18n_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/slot"
)

func messages(t *testing.T, language string) map[string]string {
	t.Helper()
	data, err := os.ReadFile("messages/active." + language + ".json")
	require.NoError(t, err)
	var all map[string]string
	require.NoError(t, json.Unmarshal(data, &all))
	return all
}

// sources are the program's own Go files, tests and generated code aside.
func sources(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, dir := range []string{"../../core/*/*.go", "../../adapters/http/*.go", "../../adapters/cel/*.go"} {
		files, err := filepath.Glob(dir)
		require.NoError(t, err)
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

func TestEveryCodeInTheSourceHasItsWordsInBothLanguages(t *testing.T) {
	en, fr, text := messages(t, "en"), messages(t, "fr"), sources(t)
	want := map[string]bool{}
	for _, m := range regexp.MustCompile(`"((?:validation|request|definition)\.[a-z_]+)"`).FindAllStringSubmatch(text, -1) {
		want[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`\bfind\([^\n]*?"([a-z_]+)", (?:nil|fault)`).FindAllStringSubmatch(text, -1) {
		want["definition."+m[1]] = true
	}
	for _, m := range regexp.MustCompile(`"(condition_[a-z]+)"`).FindAllStringSubmatch(text, -1) {
		want["definition."+m[1]] = true
	}
	problems := regexp.MustCompile(`"((?:request|procedure|definition|run|step|values|idempotency|service|condition|slot)\.[a-z_]+)"`)
	actions := regexp.MustCompile(`^(run\.(created|started|completed|failed|action_refused)|step\.(opened|draft_saved|draft_refused|committed|commit_refused|amended|skipped|not_applicable|value_erased)|procedure\.(created|version_published|archived|unarchived))$`)
	for _, m := range problems.FindAllStringSubmatch(text, -1) {
		_, issue := en[m[1]]
		if !issue && (!actions.MatchString(m[1]) || m[1] == "procedure.archived") {
			want["problem."+m[1]+".title"], want["problem."+m[1]+".detail"] = true, true
			delete(want, m[1])
		}
	}
	require.Greater(t, len(want), 60)
	for id := range want {
		if strings.HasPrefix(id, "request.") && en["problem."+id+".title"] != "" && en[id] == "" {
			continue // a problem of its own, not an issue
		}
		if id == "definition.invalid" {
			continue
		}
		require.NotEmpty(t, en[id], "%s in English", id)
		require.NotEmpty(t, fr[id], "%s in French", id)
	}
}

func TestEveryTextOfTheTerminalHasItsWords(t *testing.T) {
	files, err := filepath.Glob("../terminal/*.go")
	require.NoError(t, err)
	en, said := messages(t, "en"), 0
	for _, f := range files {
		data, err := os.ReadFile(f)
		require.NoError(t, err)
		for _, m := range regexp.MustCompile(`\b[wv]\.say\("([a-z_.]+)", `).FindAllStringSubmatch(string(data), -1) {
			said++
			require.NotEmpty(t, en["terminal."+m[1]], "%s in %s", m[1], f)
		}
	}
	require.GreaterOrEqual(t, said, 15)
	for _, typ := range slot.Types[1:] { // a string says nothing of its own
		require.NotEmpty(t, en["terminal.hint."+string(typ)], typ)
	}
}

func TestBothLanguagesHaveTheSameMessagesWithTheSameParameters(t *testing.T) {
	en, fr := messages(t, "en"), messages(t, "fr")
	params := regexp.MustCompile(`\{\{[^}]*\}\}`)
	for id, text := range en {
		require.Contains(t, fr, id)
		require.ElementsMatch(t, params.FindAllString(text, -1), params.FindAllString(fr[id], -1), id)
	}
	require.Len(t, fr, len(en))
}

func TestFrenchKeepsItsTypographicHabits(t *testing.T) {
	for id, text := range messages(t, "fr") {
		require.NotRegexp(t, ` [:;!?»](\s|$)|« |'`, text, id)
	}
}

func TestTheLanguageIsTheNearestOfThoseAskedFor(t *testing.T) {
	for header, want := range map[string]string{"": "en", "fr": "fr", "fr-CA": "fr", "de, fr;q=0.5": "fr", "de": "en", "en;q=0.1, fr": "fr", "*": "en", ";;;": "en"} {
		require.Equal(t, want, i18n.Accept(header).Language(), header)
	}
}

func TestMessagesAreFilledInForPeople(t *testing.T) {
	en, fr := i18n.Accept("en"), i18n.Accept("fr")
	require.Equal(t, "This must be one of: a, b.", en.Issue(fault.Issue{Code: "validation.enum", Params: fault.Params{"allowed": []string{"a", "b"}}}))
	require.Equal(t, "Valeurs admises\u00a0: manual, agent.", fr.Issue(fault.Issue{Code: "validation.enum", Params: fault.Params{"allowed": []slot.Origin{slot.Manual, slot.Agent}}}))
	require.Equal(t, "Il faut un nombre entier.", fr.Issue(fault.Issue{Code: "validation.type", Params: fault.Params{"expected": "integer"}}))
	require.Equal(t, "This item must be ticked.", en.Issue(fault.Issue{Code: "validation.required", Field: "checklist.x"}))
	require.Equal(t, "A reason is needed.", en.Issue(fault.Issue{Code: "validation.required", Field: "reason"}))
	require.Equal(t, "This must be a single line.", en.Issue(fault.Issue{Code: "validation.pattern", Params: fault.Params{"line_break": true}}))
	_, detail := fr.Problem("run.state", fault.Params{"state": "completed", "to": "failed"})
	require.Equal(t, "L’exécution est terminée et ne peut pas devenir en échec.", detail)
	title, _ := en.Problem("no.such_code", nil)
	require.Equal(t, "problem.no.such_code.title", title, "a code without words is shown as it is")
	require.Equal(t, "This must match the pattern [ab].", en.Issue(fault.Issue{Code: "validation.pattern", Params: fault.Params{"pattern": "[ab]"}}), "a text in brackets is no list")
}
