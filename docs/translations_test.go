package docs_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/docs"
)

// untranslated describes each text of a definition for which there is no translation into the language.
func untranslated(t *testing.T, document []byte, language string) []string {
	t.Helper()
	node, err := jsondoc.Parse(document)
	require.NoError(t, err)
	doc, issues := procedure.Read(context.Background(), node, cel.Language{})
	require.Empty(t, issues)
	var missing []string
	text := func(where, own, translated string) {
		if own != "" && translated == "" {
			missing = append(missing, where)
		}
	}
	text("name", doc.Name, doc.Translations[language].Heading)
	text("description", doc.Description, doc.Translations[language].Body)
	for i := range doc.Steps {
		s := &doc.Steps[i]
		text(s.Key+" title", s.Title, s.Translations[language].Heading)
		text(s.Key+" prompt", s.Prompt, s.Translations[language].Body)
		for j := range s.Slots {
			sl, words := &s.Slots[j], s.Slots[j].Translations[language]
			where := s.Key + "." + sl.Name
			text(where+" label", sl.Label, words.Label)
			text(where+" description", sl.Description, words.Description)
			for _, o := range sl.Options {
				text(where+" option "+o, o, words.Options[o])
			}
		}
		for j := range s.Items {
			it, words := &s.Items[j], s.Items[j].Translations[language]
			text(s.Key+"."+it.Key+" label", it.Label, words.Label)
			text(s.Key+"."+it.Key+" description", it.Description, words.Description)
		}
	}
	return missing
}

func TestDemoIsTranslated(t *testing.T) {
	require.Empty(t, untranslated(t, docs.Demo, "en"))
	// The demo is written in French. Only its options, which are identifiers, need a French translation.
	for _, missing := range untranslated(t, docs.Demo, "fr") {
		require.NotContains(t, missing, " option ")
	}
	incomplete := `{"name":"P","language":"fr","translations":{"en":{"name":"P"}},"steps":[{"key":"s","title":"S",
		"slots":[{"name":"x","type":"enum","options":["a","b"],"label":"X","translations":{"en":{"options":{"a":"A"}}}}],
		"checklist_items":[{"key":"i","label":"I","translations":{"en":{"description":"D"}}}]}]}`
	want := []string{"s title", "s.x label", "s.x option b", "s.i label"}
	require.Equal(t, want, untranslated(t, []byte(incomplete), "en"))
}
