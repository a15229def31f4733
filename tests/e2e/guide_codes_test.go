package e2e

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	httpadapter "github.com/procedo/procedo/adapters/http"
	"github.com/procedo/procedo/adapters/i18n"
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
	var out strings.Builder
	fmt.Fprintf(&out, "\n### %s\n\n| | code | |\n|---|---|---|\n", headings[0])
	types, err := httpadapter.ProblemTypes(i18n.Accept(language))
	require.NoError(t, err)
	slices.SortStableFunc(types, func(a, b httpadapter.ProblemType) int { return a.Status - b.Status })
	for _, p := range types {
		fmt.Fprintf(&out, "| %d | `%s` | %s. %s |\n", p.Status, p.Code, p.Title, p.Explanation)
	}
	for i, prefix := range []string{"validation.", "definition.", "request."} {
		fmt.Fprintf(&out, "\n### %s\n\n| code | |\n|---|---|\n", headings[i+1])
		for _, e := range i18n.Accept(language).Issues() {
			if strings.HasPrefix(e.Code, prefix) {
				fmt.Fprintf(&out, "| `%s` | %s |\n", e.Code, e.Explanation)
			}
		}
	}
	return out.String() + "\n"
}
