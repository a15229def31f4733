package procedure_test

import (
	"context"
	"encoding/json"
	"testing"

	gojson "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/language"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/procedure/proceduretest"
	"github.com/procedo/procedo/docs"
)

func canonical(t testing.TB, doc string) string {
	t.Helper()
	read, issues := procedure.Read(context.Background(), parse(t, doc), cel.Language{})
	require.Empty(t, issues, doc)
	return string(read.Canonical())
}

func TestCanonicalOmitsDefaultsAndPositionsAndWritesNumbersAsStrings(t *testing.T) {
	require.Equal(t,
		joined(`{"id":"p","metadata":{"a":1,"b":[]},"name":"P","steps":[
			{"checklist_items":[{"key":"i","label":"I"}],
			"key":"s",
			"slots":[
				{"default":"2","max":"1000","min":"1.5","name":"n","type":"number"},
				{"default":false,"name":"b","type":"boolean"},
				{"name":"d","options":["z","a"],"required":false,"type":"enum"}],
			"title":"S"},
			{"key":"t","title":"T"}]}`),
		canonical(t, `{"format":"2","steps":[
			{"key":"t","title":"T","position":7,"slots":[],"skippable":false,"prompt":""},
			{"key":"s","title":"S","position":3,
			 "checklist_items":[{"label":"I","key":"i","required":false,"default_state":false}],
			 "slots":[
				{"name":"d","type":"enum","options":["z","a"],"required":false,"position":9},
				{"name":"n","type":"number","min":1.50,"max":1e3,"default":2.0,"required":true,"sensitive":false,
				 "position":1},
				{"name":"b","type":"boolean","default":false,"translations":{"en":{"label":""}}}]}],
			"max_visits":20,"metadata":{"b":[],"a":1.0},"name":"P","id":"p","description":null}`))
}

func TestElementWithoutPositionFollowsThePrecedingElement(t *testing.T) {
	read, issues := procedure.Read(context.Background(), parse(t, `{"name":"P","steps":[
		{"key":"first","title":"S"},
		{"key":"c","title":"S","position":30},
		{"key":"d","title":"S"},
		{"key":"a","title":"S","position":5},
		{"key":"b","title":"S"}]}`), cel.Language{})
	require.Empty(t, issues)
	var order string
	for _, s := range read.Steps {
		order += s.Key + " "
	}
	require.Equal(t, "first a b c d ", order)
}

// Documents that write the same definition differently have the same canonical form. Reading the canonical form, or the
// document that Definition.JSON returns, gives the same definition again.
func TestTheCanonicalFormDoesNotDependOnNotation(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		minimal, verbose := proceduretest.Document(rt)
		want := canonical(t, minimal)
		require.Equal(rt, want, canonical(t, verbose), "%s\n%s", minimal, verbose)

		def, issues := procedure.ReadCanonical([]byte(want), cel.Language{})
		require.Empty(rt, issues)
		require.Equal(rt, want, string(def.Canonical()))

		sorted := jsontext.Value(want).Clone()
		require.NoError(rt, sorted.Canonicalize())
		require.Equal(rt, want, string(sorted), "RFC 8785")

		shown, err := gojson.Marshal(def.JSON())
		require.NoError(rt, err)
		require.Equal(rt, want, canonical(t, string(shown)), "%s", shown)
	})
}

func TestTheDigestIsTheSHA256OfTheCanonicalForm(t *testing.T) {
	require.Equal(t, "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", procedure.Digest(nil))
}

func TestJSONHasNumbersAndDefaults(t *testing.T) {
	doc := inSlot(`"type":"integer","min":12345678901234567890,"default":12345678901234567890`)
	read, issues := procedure.Read(context.Background(), parse(t, doc), cel.Language{})
	require.Empty(t, issues)
	shown, err := gojson.Marshal(read.JSON())
	require.NoError(t, err)
	require.Contains(t, string(shown), `"min":12345678901234567890`)
	require.Contains(t, string(shown), `"required":true`)
	require.Contains(t, string(shown), `"checklist_items":[]`)
	require.Contains(t, string(shown), `"metadata":{}`)
	require.True(t, json.Valid(shown))
}

func TestReadCanonicalReportsInvalidDocuments(t *testing.T) {
	for _, text := range []string{``, `[]`, `{"name":"P","steps":[]}`, inSlot(`"type":"number","min":"x"`)} {
		_, issues := procedure.ReadCanonical([]byte(text), cel.Language{})
		require.NotEmpty(t, issues, text)
	}
}

func TestInChoosesTheLanguageByAcceptLanguage(t *testing.T) {
	demo, issues := procedure.Read(context.Background(), parse(t, string(docs.Demo)), cel.Language{})
	require.Empty(t, issues)
	for accept, want := range map[string]string{
		"": "Alerte", "fr": "Alerte", "ja": "Alerte",
		"en-GB": "Alert", "de, en;q=0.5": "Alert", "fr;q=0.1, en": "Alert",
	} {
		t.Run(accept, func(t *testing.T) {
			wanted, _, err := language.ParseAcceptLanguage(accept)
			require.NoError(t, err)
			texts := demo.In(wanted)
			require.Equal(t, want, texts.Step(&demo.Steps[0]))
			require.Equal(t, map[string]string{"Alerte": "fr", "Alert": "en"}[want], texts.Language())
			require.NotEmpty(t, texts.Item(&demo.Steps[0].Items[0]))
		})
	}
	var zero procedure.Localizer
	require.Empty(t, zero.Language())
}

func TestMakeID(t *testing.T) {
	for name, want := range map[string]string{
		"Mise à jour": "mise-a-jour-0a1b",
		"  ":          "procedure-0a1b",
		"日本語":         "procedure-0a1b",
		"A/B--c":      "a-b-c-0a1b",
		"Ünï":         "uni-0a1b",
	} {
		t.Run(name, func(t *testing.T) {
			id := procedure.MakeID(name, "0a1b")
			require.Equal(t, want, id)
			require.Empty(t, findings(t, inProcedure(`,"id":"`+id+`"`)))
		})
	}
}

func BenchmarkReadCanonicalDemo(b *testing.B) {
	demo, issues := procedure.Read(context.Background(), parse(b, string(docs.Demo)), cel.Language{})
	require.Empty(b, issues)
	text := demo.Canonical()
	b.ReportAllocs()
	for b.Loop() {
		procedure.ReadCanonical(text, cel.Language{})
	}
}
