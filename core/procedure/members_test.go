package procedure_test

import (
	"context"
	"testing"
	"time"

	gojson "github.com/go-json-experiment/json"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/language"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/procedure"
)

func TestRulesOfLabelsUnitsDecimalsAndTimeZonesHaveFindings(t *testing.T) {
	const at = "/steps/0/slots/0"
	for _, c := range []struct{ rule, doc, want string }{
		{
			"an option without a value",
			inSlot(`"type":"enum","options":["a",{"label":"B"}]`),
			at + "/options/1/value required",
		},
		{"a null value", inSlot(`"type":"enum","options":["a",{"value":null}]`), at + "/options/1/value required"},
		{"a blank value", inSlot(`"type":"enum","options":["a",{"value":" "}]`), at + "/options/1/value blank"},
		{
			"a value that is no string",
			inSlot(`"type":"enum","options":["a",{"value":1}]`),
			at + "/options/1/value wrong_type",
		},
		{"a blank label", inSlot(`"type":"enum","options":[{"value":"a","label":" "}]`), at + "/options/0/label blank"},
		{
			"a label that is no string",
			inSlot(`"type":"enum","options":[{"value":"a","label":1}]`),
			at + "/options/0/label wrong_type",
		},
		{
			"an unknown member of an option",
			inSlot(`"type":"enum","options":[{"value":"a","text":"A"}]`),
			at + "/options/0/text unknown_member",
		},
		{
			"the same value twice",
			inSlot(`"type":"enum","options":["a",{"value":"a","label":"B"}]`),
			at + "/options/1/value duplicate",
		},
		{"an option that is a number", inSlot(`"type":"enum","options":["a",1]`), at + "/options/1 wrong_type"},
		{
			"an option with a label in format 1",
			`{"format":"1",` + inSlot(`"type":"enum","options":["a",{"value":"b"}]`)[1:],
			at + "/options/1 wrong_type",
		},
		{"a blank unit", inSlot(`"type":"number","unit":"  "`), at + "/unit blank"},
		{"a unit of two lines", inSlot(`"type":"number","unit":"k\ng"`), at + "/unit control_character"},
		{"a unit with a control", inSlot(`"type":"integer","unit":"kg\u0007"`), at + "/unit control_character"},
		{"a unit that turns", inSlot(`"type":"integer","unit":"\u202egk"`), at + "/unit control_character"},
		{"a unit with a separator", inSlot(`"type":"integer","unit":"k\u2028g"`), at + "/unit control_character"},
		{"a unit of a text", inSlot(`"type":"string","unit":"kg"`), at + "/unit constraint_not_applicable"},
		{"decimals of an integer", inSlot(`"type":"integer","decimals":0`), at + "/decimals constraint_not_applicable"},
		{"negative decimals", inSlot(`"type":"number","decimals":-1`), at + "/decimals value"},
		{"decimals that are no integer", inSlot(`"type":"number","decimals":1.5`), at + "/decimals value"},
		{"more decimals than a number can have", inSlot(`"type":"number","decimals":161`), at + "/decimals value"},
		{"a default with too many decimals", inSlot(`"type":"number","decimals":2,"default":0.125`), at + "/default default"},
		{"a bound of another type", inSlot(`"type":"date","min":"now"`), at + "/min bound"},
		{"a bound that is no duration", inSlot(`"type":"datetime","max":"now+4H"`), at + "/max bound"},
		{"relative bounds of a number", inSlot(`"type":"number","max":"today"`), at + "/max bound"},
		{"an unknown time zone", inProcedure(`,"time_zone":"Europe/Zürich"`), "/time_zone time_zone"},
		{"the machine's own time zone", inProcedure(`,"time_zone":"Local"`), "/time_zone time_zone"},
		{"a file that is no zone", inProcedure(`,"time_zone":"../zoneinfo/UTC"`), "/time_zone time_zone"},
		{"a time zone in lower case", inProcedure(`,"time_zone":"europe/zurich"`), "/time_zone time_zone"},
		{"a zone of some machines only", inProcedure(`,"time_zone":"posix/Europe/Zurich"`), "/time_zone time_zone"},
		{"an offset", inProcedure(`,"time_zone":"+01:00"`), "/time_zone time_zone"},
		{"a time zone that is no text", inProcedure(`,"time_zone":1`), "/time_zone wrong_type"},
	} {
		require.Equal(t, []string{c.want}, findings(t, c.doc), c.rule)
	}
}

func TestTheZonesOfTheDatabaseAreTimeZones(t *testing.T) {
	for _, zone := range []string{"Africa/Abidjan", "America/Argentina/Buenos_Aires", "Etc/GMT+12", "UTC", "Zulu"} {
		require.Empty(t, findings(t, inProcedure(`,"time_zone":"`+zone+`"`)), zone)
	}
}

func TestCanonicalFormOfLabelsUnitsDecimalsAndTimeZones(t *testing.T) {
	require.Equal(t,
		joined(`{"id":"p","name":"P","steps":[{"key":"s","slots":[
			{"name":"e","options":["a",{"label":"B","value":"b"},"c"],"type":"enum"},
			{"decimals":0,"name":"n","type":"number","unit":"CHF"},
			{"max":"today-P18Y","name":"d","type":"date"}],"title":"S"}],
			"time_zone":"Europe/Zurich"}`),
		canonical(t, `{"id":"p","name":"P","time_zone":"Europe/Zurich","steps":[{"key":"s","title":"S","slots":[
			{"name":"e","type":"enum","options":[{"value":"a"},{"label":"B","value":"b"},{"value":"c","label":""}]},
			{"name":"n","type":"number","unit":"CHF","decimals":0},
			{"name":"d","type":"date","min":null,"max":"today-P18Y","unit":"","decimals":null}]}]}`))
	require.Equal(t, canonical(t, inProcedure(`,"id":"p"`)), canonical(t, inProcedure(`,"id":"p","time_zone":"UTC"`)))
}

func TestDocumentsForClientsHaveLabelsUnitsDecimalsAndTimeZones(t *testing.T) {
	read, issues := procedure.Read(context.Background(), parse(t, `{"id":"p","name":"P","time_zone":"Europe/Zurich","steps":[{"key":"s",
		"title":"S","slots":[{"name":"e","type":"enum","options":["a",{"value":"b","label":"B"}]},
		{"name":"n","type":"number","unit":"CHF","decimals":2}]}]}`), cel.Language{})
	require.Empty(t, issues)
	shown, err := gojson.Marshal(read.JSON())
	require.NoError(t, err)
	require.Contains(t, string(shown), `"options":["a",{"value":"b","label":"B"}]`)
	require.Contains(t, string(shown), `"decimals":2,"unit":"CHF"`)
	require.Contains(t, string(shown), `"time_zone":"Europe/Zurich"`)
}

func TestAnOptionIsShownByItsTranslationThenItsLabelThenItsValue(t *testing.T) {
	read, issues := procedure.Read(context.Background(), parse(t, inProcedureSlot(`"options":["a",{"value":"b","label":"B"},
		{"value":"c","label":"C"}],"translations":{"fr":{"options":{"a":"A (fr)","c":"C (fr)"}}}`)), cel.Language{})
	require.Empty(t, issues)
	s := &read.Steps[0].Slots[0]
	for tag, want := range map[language.Tag][]string{
		language.English: {"a", "B", "C"},
		language.French:  {"A (fr)", "B", "C (fr)"},
	} {
		texts := read.In([]language.Tag{tag})
		var got []string
		for _, o := range s.Options {
			got = append(got, texts.Option(s, o))
		}
		require.Equal(t, want, got, tag)
	}
}

// inProcedureSlot returns a document in English whose step has an enum slot with the members.
func inProcedureSlot(members string) string {
	return `{"name":"P","language":"en","steps":[{"key":"s","title":"S",
		"slots":[{"name":"x","type":"enum",` + members + `}]}]}`
}

func TestRelativeBoundsUseTheTimeZoneOfTheProcedure(t *testing.T) {
	read, issues := procedure.Read(context.Background(), parse(t, `{"name":"P","time_zone":"Pacific/Auckland","steps":[{"key":"s","title":"S",
		"slots":[{"name":"d","type":"date","max":"today"}]}]}`), cel.Language{})
	require.Empty(t, issues)
	at := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	stored, issues := procedure.ReadCanonical(read.Canonical(), cel.Language{})
	require.Empty(t, issues)
	for _, d := range []*procedure.Definition{read.Definition, stored} {
		_, most := d.Steps[0].Slots[0].BoundsAt(at)
		require.Equal(t, "2026-11-29", most.Text())
	}
}

func TestAStoredVersionWithAZoneThatNoLongerExistsLoads(t *testing.T) {
	stored := `{"id":"p","name":"P","steps":[{"key":"s","title":"S"}],"time_zone":"Europe/Atlantis"}`
	read, issues := procedure.ReadCanonical([]byte(stored), cel.Language{})
	require.Empty(t, issues)
	require.Equal(t, stored, string(read.Canonical()))
}
