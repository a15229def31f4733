package terminal

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/slot"
)

const inputDocument = `{"name":"P","steps":[{"key":"s","title":"S","slots":[
	{"name":"string","type":"string"},{"name":"integer","type":"integer"},{"name":"number","type":"number"},
	{"name":"boolean","type":"boolean"},
	{"name":"date","type":"date"},{"name":"time","type":"time"},{"name":"datetime","type":"datetime"},
	{"name":"enum","type":"enum","options":["low","3","high"],
		"translations":{"fr":{"options":{"low":"Basse","high":"Très haute"}}}},
	{"name":"multi_enum","type":"multi_enum","options":["a","b","big one"]}]}]}`

// walkerIn returns a walker for a definition in a language, and the slots of the first step by name.
func walkerIn(t *testing.T, document, language string) (*Walker, map[string]*slot.Slot) {
	t.Helper()
	node, err := jsondoc.Parse([]byte(document))
	require.NoError(t, err)
	doc, issues := procedure.Read(node, cel.Language{})
	require.Empty(t, issues)
	w := &Walker{Locale: i18n.Accept(language), def: doc.Definition, Now: func() time.Time {
		return time.Date(2026, 11, 28, 23, 30, 0, 0, time.UTC)
	}}
	w.texts = doc.In(w.Locale.Wanted())
	slots := map[string]*slot.Slot{}
	for i := range doc.Steps[0].Slots {
		slots[doc.Steps[0].Slots[i].Name] = &doc.Steps[0].Slots[i]
	}
	return w, slots
}

func TestTypedTextBecomesTheJSONValueOfTheType(t *testing.T) {
	for _, c := range []struct{ language, slot, typed, want string }{
		{"en", "string", ` a "b" `, `" a \"b\" "`},
		{"en", "string", "  ", `null`},
		{"en", "integer", "12345678901234567890", `12345678901234567890`},
		{"en", "integer", "007", `"007"`},
		{"en", "integer", "12 345", `"12 345"`},
		{"en", "number", "12.50", `12.50`},
		{"en", "number", "12,5", `"12,5"`},
		{"fr", "number", "12,5", `12.5`},
		{"fr", "number", "-0,5", `-0.5`},
		{"fr", "number", "1,250,000", `"1,250,000"`},
		{"en", "boolean", "Y", `true`},
		{"fr", "boolean", "Non", `false`},
		{"en", "boolean", "1", `"1"`},
		{"en", "date", "23/11/2026", `"23/11/2026"`},
		{"fr", "date", "23/11/2026", `"2026-11-23"`},
		{"en", "date", "2026-11-23", `"2026-11-23"`},
		{"en", "enum", "1", `"1"`}, // the option 3 is a number, so options cannot be chosen by number
		{"en", "enum", "3", `"3"`},
		{"fr", "enum", "très HAUTE", `"high"`},
		{"en", "enum", "4", `"4"`},
		{"en", "multi_enum", "1, big one", `["a","big one"]`},
		{"en", "multi_enum", "a b", `["a","b"]`},
		{"en", "multi_enum", "big one", `["big one"]`},
		{"en", "multi_enum", ",", `[]`},
	} {
		w, slots := walkerIn(t, inputDocument, c.language)
		require.Equal(t, c.want, string(w.parse(slots[c.slot], c.typed)), "%s %s %q", c.language, c.slot, c.typed)
	}
}

func TestNowIsAValidValueOfEveryTemporalType(t *testing.T) {
	_, slots := walkerIn(t, inputDocument, "en")
	at := time.Date(2026, 11, 23, 14, 30, 5, 600, time.FixedZone("", 3600))
	for name, want := range map[string]string{
		"date": "2026-11-23", "time": "14:30:05", "datetime": "2026-11-23T14:30:05+01:00",
	} {
		text, ok := now(slots[name], at)
		require.True(t, ok)
		require.Equal(t, want, text)
		_, issue := slots[name].Check(quote(text))
		require.Nil(t, issue)
	}
	_, ok := now(slots["string"], at)
	require.False(t, ok)
}

func TestOneColonBeginsACommandAndTwoColonsAValue(t *testing.T) {
	for line, want := range map[string]string{
		":back": "back", " :RETOUR ": "back", ":échec": "fail", ":nonsense": "unknown", ":": "unknown",
		"::back": "", "a:b": "",
	} {
		require.Equal(t, want, parseCommand(line), line)
	}
}
