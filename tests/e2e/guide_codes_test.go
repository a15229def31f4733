package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const codesBegin, codesEnd = "<!-- codes: generated, see tests/e2e/guide_codes_test.go -->\n", "<!-- /codes -->\n"

// TestGuideListsEveryCode compares the tables of codes in the guides with the message catalogue. With -update it writes
// these tables.
func TestGuideListsEveryCode(t *testing.T) {
	headings := map[string][4]string{
		"en": {
			"Refusals: the `code` of a problem", "Issues of values", "Issues of definitions", "Issues of requests",
		},
		"fr": {
			"Refus\u00a0: le `code` d’un problème",
			"Anomalies des valeurs", "Anomalies des définitions", "Anomalies des requêtes",
		},
	}
	for language, file := range procedureGuides {
		t.Run(language, func(t *testing.T) {
			before, rest, found := strings.Cut(guide(t, language), codesBegin)
			require.True(t, found, file)
			listed, after, found := strings.Cut(rest, codesEnd)
			require.True(t, found, file)
			want := codes(t, language, headings[language])
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(before+codesBegin+want+codesEnd+after), 0o600))
				return
			}
			require.Equal(t, want, listed, "%s: go test ./tests/e2e -run Guide -update", file)
		})
	}
}

// codes returns the tables of all codes with their texts in a language, as Markdown.
func codes(t *testing.T, language string, headings [4]string) string {
	t.Helper()
	data, err := os.ReadFile("../../adapters/i18n/messages/active." + language + ".json")
	require.NoError(t, err)
	var messages map[string]any
	require.NoError(t, json.Unmarshal(data, &messages))
	words := map[string]string{}
	for id, message := range messages {
		if forms, ok := message.(map[string]any); ok {
			message = forms["other"]
		}
		words[id] = message.(string)
	}
	var out strings.Builder
	statuses := problemStatuses(t)
	fmt.Fprintf(&out, "\n### %s\n\n| | code | |\n|---|---|---|\n", headings[0])
	for _, code := range slices.SortedFunc(maps.Keys(statuses), func(a, b string) int {
		return strings.Compare(statuses[a]+a, statuses[b]+b)
	}) {
		title, detail := words["problem."+code+".title"], words["problem."+code+".detail"]
		require.NotEmpty(t, title, code)
		fmt.Fprintf(&out, "| %s | `%s` | %s. %s |\n", statuses[code], code, title, readable(detail))
	}
	for i, prefix := range []string{"validation.", "definition.", "request."} {
		fmt.Fprintf(&out, "\n### %s\n\n| code | |\n|---|---|\n", headings[i+1])
		for _, id := range slices.Sorted(maps.Keys(words)) {
			if strings.HasPrefix(id, prefix) && strings.Count(id, ".") == 1 {
				fmt.Fprintf(&out, "| `%s` | %s |\n", id, readable(words[id]))
			}
		}
	}
	return out.String() + "\n"
}

// readable returns the text of a message template, with parameters as {name} and with all conditional parts included.
func readable(message string) string {
	message = regexp.MustCompile(`\{\{(if [^}]*|end)\}\}`).ReplaceAllString(message, "")
	message = strings.ReplaceAll(message, "{{else}}", " / ")
	return regexp.MustCompile(`\{\{\.(\w+)\}\}`).ReplaceAllString(message, "{$1}")
}

// problemStatuses returns the HTTP status of every problem code, as listed in openapi.yaml.
func problemStatuses(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile("../../openapi.yaml")
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(data), "The set is open and only grows. Codes by status:")
	require.True(t, found)
	list, _, _ := strings.Cut(rest, "examples:")
	statuses := map[string]string{}
	for _, m := range regexp.MustCompile("(?s)([0-9]{3}) `([^`]*)`").FindAllStringSubmatch(list, -1) {
		for _, code := range strings.Fields(m[2]) {
			statuses[code] = m[1]
		}
	}
	require.Greater(t, len(statuses), 20)
	return statuses
}
