package procedure_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/language"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/procedure"
)

func TestMermaid(t *testing.T) {
	doc := `{"name":"P","steps":[
		{"key":"a","title":"Say \"<A>\"","skippable":true,
		 "slots":[{"name":"x","type":"integer","required":false}],
		 "transitions":[{"when":"has(x) && x > 1","to":"c"}]},
		{"key":"b","title":"B","when":"has(a.x)","transitions":[{"to":"end"}]},
		{"key":"c","title":"C#"}]}`
	read, issues := procedure.Read(context.Background(), parse(t, doc), cel.Language{})
	require.Empty(t, issues)
	require.Equal(t, `flowchart TD
  s1["Say #quot;#lt;A#gt;#quot;<br>skippable"]
  s2["B<br>when has(a.x)"]
  s3["C#35;"]
  finish(("end"))
  s1 -->|"has(x) && x #gt; 1"| s3
  s1 --> s2
  s2 --> finish
  s2 -.->|"not applicable"| s3
  s3 --> finish
`, read.In(nil).Mermaid(procedure.GraphWords{
		When: func(e string) string { return "when " + e }, Skippable: "skippable", NotApplicable: "not applicable",
		End: "end",
	}))
}

func TestEveryTextIsTranslated(t *testing.T) {
	doc := `{"name":"P","language":"fr","translations":{"en":{"name":"Q"},"fr":{}},"steps":[
		{"key":"a","title":"A","prompt":"Faire","translations":{"en":{"prompt":"Do"}},
		 "slots":[
			{"name":"x","type":"enum","options":["o"],"label":"X","description":"D",
			 "translations":{
				"en":{"label":"Y","description":"E","options":{"o":"O"}},
				"fr":{"options":{"o":"Ô"}}}},
			{"name":"bare","type":"date"}],
		 "checklist_items":[
			{"key":"i","label":"I","description":"Fait","translations":{"en":{"description":"Done"}}}]}]}`
	read, issues := procedure.Read(context.Background(), parse(t, doc), cel.Language{})
	require.Empty(t, issues)
	s := &read.Steps[0]
	texts := func(tags ...language.Tag) []string {
		r := read.In(tags)
		x, bare, item := &s.Slots[0], &s.Slots[1], &s.Items[0]
		return []string{
			r.Language(), r.Name(), r.Step(s), r.Prompt(s), r.Label(x), r.Description(x), r.Option(x, "o"),
			r.Label(bare), r.Item(item), r.ItemDescription(item),
		}
	}
	require.Equal(t, []string{"en", "Q", "A", "Do", "Y", "E", "O", "bare", "I", "Done"}, texts(language.English))
	require.Equal(t, []string{"fr", "P", "A", "Faire", "X", "D", "Ô", "bare", "I", "Fait"}, texts(language.French))
	require.Equal(t, []string{"fr", "P", "A", "Faire", "X", "D", "Ô", "bare", "I", "Fait"}, texts())
}
