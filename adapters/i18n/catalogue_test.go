package i18n_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/i18n"
)

func TestEveryCodeIsExplainedInBothLanguages(t *testing.T) {
	codes := func(entries []i18n.Entry) (all []string) {
		for _, e := range entries {
			require.NotContains(t, e.Title+e.Explanation, "{{", e.Code)
			require.NotEmpty(t, strings.TrimSpace(e.Explanation), e.Code)
			all = append(all, e.Code)
		}
		return all
	}
	en, fr := i18n.Accept("en"), i18n.Accept("fr")
	require.Equal(t, codes(en.Problems()), codes(fr.Problems()))
	require.Equal(t, codes(en.Issues()), codes(fr.Issues()))
	require.Contains(t, codes(en.Problems()), "run.event_not_found")
	require.Contains(t, codes(en.Issues()), "definition.unchanged")
	require.NotContains(t, codes(en.Issues()), "validation.required.reason", "a form of a message is no code")
	for i, e := range fr.Problems() {
		require.NotEmpty(t, e.Title, e.Code)
		require.NotEqual(t, en.Problems()[i].Explanation, e.Explanation, e.Code)
	}
}
