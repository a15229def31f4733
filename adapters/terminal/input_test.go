package terminal

import (
	"context"
	"strings"
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
	{"name":"amount","type":"number","unit":"CHF"},{"name":"ratio","type":"number","unit":"1"},
	{"name":"date","type":"date"},{"name":"time","type":"time"},{"name":"datetime","type":"datetime"},
	{"name":"enum","type":"enum","options":["low","3","high"],
		"translations":{"fr":{"options":{"low":"Basse","high":"Très haute"}}}},
	{"name":"multi_enum","type":"multi_enum","options":["a","b","big one"]},
	{"name":"list","type":"multi_enum","options":["a","b","a,b","x","y","x y"]},
	{"name":"twin","type":"enum","options":["1st","2nd"],
		"translations":{"en":{"options":{"1st":"One","2nd":"ONE"}}}},
	{"name":"iban","type":"string","validate":"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}"},
	{"name":"spaced","type":"string","mask":"XX XX"},{"name":"digits","type":"string","mask":"XXXXXX"}]}]}`

// walkerIn returns a walker for a definition in a language, and the slots of the first step by name.
func walkerIn(t *testing.T, document, language string) (*Walker, map[string]*slot.Slot) {
	t.Helper()
	node, err := jsondoc.Parse([]byte(document))
	require.NoError(t, err)
	doc, issues := procedure.Read(context.Background(), node, cel.Language{})
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

// readingsOf returns the readings of a typed text, as JSON separated by bars.
func readingsOf(w *Walker, s *slot.Slot, typed string) string {
	var all []string
	for _, raw := range w.readings(s, typed) {
		all = append(all, string(raw))
	}
	return strings.Join(all, " | ")
}

// entry is a typed text with its readings, separated by bars, for a slot of inputDocument.
type entry struct{ language, slot, typed, want string }

func requireReadings(t *testing.T, entries []entry) {
	t.Helper()
	for _, e := range entries {
		w, slots := walkerIn(t, inputDocument, e.language)
		zone, err := time.LoadLocation("Europe/Zurich")
		require.NoError(t, err)
		w.Now = func() time.Time { return time.Date(2026, 11, 23, 14, 30, 0, 0, zone) }
		require.Equal(t, e.want, readingsOf(w, slots[e.slot], e.typed), "%s %s %q", e.language, e.slot, e.typed)
	}
}

func TestTextsAreStoredAsTyped(t *testing.T) {
	requireReadings(t, []entry{
		{"en", "string", ` a "b" `, `" a \"b\" "`},
		{"en", "string", "1 000,50", `"1 000,50"`},
		{"en", "string", "  ", `null`},
		{"en", "string", "\u200b\u00a0", `null`},
	})
}

func TestNumbersAreReadInTheFormOfTheLanguage(t *testing.T) {
	requireReadings(t, []entry{
		{"en", "integer", "12345678901234567890", `12345678901234567890`},
		{"en", "integer", "007", `7`},
		{"en", "integer", "0", `0`},
		{"en", "integer", "+5", `5`},
		{"en", "integer", "\u22125", `-5`},
		{"en", "integer", "12 345", `12345`},
		{"en", "integer", "12,345", `12345`},
		{"fr", "integer", "12.345", `12345`},
		{"en", "integer", "12.345", `12.345`}, // refused: not a whole number
		{"fr", "integer", "12,345", `12.345`},
		{"en", "integer", "1 2", `"1 2"`},
		{"en", "integer", "12 34", `"12 34"`},
		{"en", "integer", "1,2,3", `"1,2,3"`},
		{"en", "number", "12.50", `12.50`},
		{"en", "number", "12,5", `12.5`},
		{"fr", "number", "12,5", `12.5`},
		{"fr", "number", "-0,5", `-0.5`},
		{"fr", "number", ",5", `0.5`},
		{"en", "number", "5.", `"5."`},
		{"en", "number", "1e3", `1e3`},
		{"en", "number", "1'000.50", `1000.50`},
		{"fr", "number", "1’000.50", `1000.50`},
		{"fr", "number", "1 000,50", `1000.50`},
		{"fr", "number", "1\u00a0000,50", `1000.50`},
		{"fr", "number", "1\u202f234\u202f567,25", `1234567.25`},
		{"en", "number", "1,250,000", `1250000`},
		{"fr", "number", "1,250,000", `1250000`},
		{"fr", "number", "1.250.000,75", `1250000.75`},
		{"en", "number", "1,250,000.75", `1250000.75`},
		{"en", "number", "1,250.000,75", `"1,250.000,75"`},
		{"en", "number", "0,125", `0.125`},
		{"en", "number", "12,3456", `12.3456`},
		{"en", "number", "twelve", `"twelve"`},
		{"fr", "amount", "1'250.50 CHF", `1250.50`},
		{"fr", "amount", "chf 1 250,50", `1250.50`},
		{"fr", "amount", "CHF1250", `1250`},
		{"fr", "amount", "1’250.–", `1250`},
		{"en", "amount", "1'250.- CHF", `1250`},
		{"fr", "amount", "1250 EUR", `"1250 EUR"`},
		{"fr", "amount", "CHF", `"CHF"`},
		{"fr", "ratio", "51", `51`},
		{"fr", "number", "1250 CHF", `"1250 CHF"`},
	})
}

func TestANumberWithTwoReadingsIsAmbiguous(t *testing.T) {
	requireReadings(t, []entry{
		{"en", "number", "1,234", `1.234 | 1234`},
		{"en", "number", "-12,000", `-12.000 | -12000`},
		{"fr", "number", "1.234", `1.234 | 1234`},
		{"en", "number", "1.234", `1.234`},
		{"fr", "number", "1,234", `1.234`},
	})
}

func TestValuesAreReadInTheFormOfTheRegion(t *testing.T) {
	requireReadings(t, []entry{
		{"fr-CH", "number", "1'000.50", `1000.50`},
		{"fr-CH", "number", "1 000,50", `1000.50`},
		{"fr-CH", "number", "1.234", `1.234`},
		{"de-CH", "number", "1’000.50", `1000.50`},
		{"de-DE", "number", "1.234", `1.234 | 1234`},
		{"de-DE", "number", "1.000,50", `1000.50`},
		{"fr-FR", "number", "1\u202f000,50", `1000.50`},
		{"en-US", "number", "1,000.50", `1000.50`},
		{"fr-CH", "date", "28.11.2026", `"2026-11-28"`},
		{"fr-CH", "date", "3/4/2026", `"2026-04-03"`},
		{"de-CH", "date", "3.4.2026", `"2026-04-03"`},
		{"en-GB", "date", "3/4/2026", `"2026-04-03"`},
		{"en-GB", "date", "03042026", `"2026-04-03"`},
		{"en-US", "date", "3/4/2026", `"2026-03-04"`},
		{"en-US", "date", "28/11/2026", `"2026-11-28"`},
		{"en-US", "date", "November 28, 2026", `"2026-11-28"`},
		{"en", "date", "3/4/2026", `"2026-04-03" | "2026-03-04"`},
		{"en-CA", "date", "3/4/2026", `"2026-04-03" | "2026-03-04"`},
		{"fr-CA", "date", "2026-11-28", `"2026-11-28"`},
		{"en-US", "time", "2:30 PM", `"14:30:00"`},
		{"fr-CH", "time", "14.30", `"14:30:00"`},
	})
}

func TestWhatIsShownInARegionCanBeTypedAgain(t *testing.T) {
	for _, region := range []string{
		"en", "en-GB", "en-US", "en-CA", "en-CH", "en-AU", "en-DE", "fr", "fr-FR", "fr-CH", "fr-CA", "fr-LU", "fr-BE",
		"de-CH", "de-DE", "de-AT", "it-CH", "it-IT",
	} {
		w, slots := walkerIn(t, inputDocument, region)
		for name, raw := range map[string]string{
			"number": "-1234567.50", "integer": "1234567", "date": `"2026-03-04"`, "time": `"14:30:15.25"`,
			"datetime": `"2026-03-04T09:30:00+01:00"`,
		} {
			for _, shown := range []string{w.shown(slots[name], []byte(raw)), w.Locale.Value(strings.Trim(raw, `"`))} {
				require.Equal(t, raw, readingsOf(w, slots[name], shown), "%s %q", region, shown)
			}
		}
		example := w.examples(slots["date"])
		require.Equal(t, `"2026-11-23"`, readingsOf(w, slots["date"], example["date"].(string)), region)
	}
}

func TestDatesAreReadInTheFormOfTheLanguage(t *testing.T) {
	requireReadings(t, []entry{
		{"en", "date", "2026-11-23", `"2026-11-23"`},
		{"en", "date", "2026-1-5", `"2026-01-05"`},
		{"en", "date", "2026/11/23", `"2026-11-23"`},
		{"en", "date", "23/11/2026", `"2026-11-23"`},
		{"en", "date", "11/23/2026", `"2026-11-23"`},
		{"en", "date", "05/05/2026", `"2026-05-05"`},
		{"fr", "date", "23/11/2026", `"2026-11-23"`},
		{"fr", "date", "3/4/2026", `"2026-04-03"`},
		{"fr", "date", "03-04-2026", `"2026-04-03"`},
		{"fr", "date", "1.5.1980", `"1980-05-01"`},
		{"en", "date", "1.5.1980", `"1980-05-01"`},
		{"en", "date", "20261123", `"2026-11-23"`},
		{"fr", "date", "23112026", `"2026-11-23"`},
		{"fr", "date", "1er mai 1980", `"1980-05-01"`},
		{"fr", "date", "le 23 Février 2026", `"2026-02-23"`},
		{"en", "date", "23 Nov. 2026", `"2026-11-23"`},
		{"en", "date", "November 23rd, 2026", `"2026-11-23"`},
		{"fr", "date", "31/02/2026", `"31/02/2026"`},
		{"fr", "date", "11/23/2026", `"11/23/2026"`},
		{"fr", "date", "23/11", `"23/11"`},
		{"fr", "date", "23/11-2026", `"23/11-2026"`},
		{"fr", "date", "0000-01-01", `"0000-01-01"`},
	})
}

func TestADateWithSeveralReadingsIsAmbiguous(t *testing.T) {
	requireReadings(t, []entry{
		{"en", "date", "03/04/2026", `"2026-04-03" | "2026-03-04"`},
		{"en", "date", "3-4-2026", `"2026-04-03" | "2026-03-04"`},
		{"fr", "date", "1.5.80", `"1980-05-01" | "2080-05-01"`},
		{"fr", "date", "2 jui 2026", `"2026-06-02" | "2026-07-02"`},
		{"en", "datetime", "03/04/2026 9:30Z", `"2026-04-03T09:30:00Z" | "2026-03-04T09:30:00Z"`},
		// That night, clocks are put back from 03:00 to 02:00, so 02:30 occurs twice.
		{"fr", "datetime", "25/10/2026 2h30", `"2026-10-25T02:30:00+02:00" | "2026-10-25T02:30:00+01:00"`},
	})
}

func TestTimesAreReadInTheFormOfTheLanguage(t *testing.T) {
	requireReadings(t, []entry{
		{"en", "time", "14:30:00", `"14:30:00"`},
		{"en", "time", "9:30", `"09:30:00"`},
		{"en", "time", "09:30", `"09:30:00"`},
		{"en", "time", "9:30 pm", `"21:30:00"`},
		{"en", "time", "12 a.m.", `"00:00:00"`},
		{"fr", "time", "9h30", `"09:30:00"`},
		{"fr", "time", "9 h 30", `"09:30:00"`},
		{"fr", "time", "9h", `"09:00:00"`},
		{"fr", "time", "9.30", `"09:30:00"`},
		{"fr", "time", "0930", `"09:30:00"`},
		{"fr", "time", "9:30:15,5", `"09:30:15.5"`},
		{"en", "time", "9", `"9"`},
		{"en", "time", "25:00", `"25:00"`},
		{"en", "time", "13:00 pm", `"13:00 pm"`},
		{"fr", "datetime", "23/11/2026 9:30", `"2026-11-23T09:30:00+01:00"`},
		{"fr", "datetime", "23/11/2026 à 9h30", `"2026-11-23T09:30:00+01:00"`},
		{"fr", "datetime", "23 juillet 2026, 9:30", `"2026-07-23T09:30:00+02:00"`},
		{"fr", "datetime", "9:30 23/11/2026", `"2026-11-23T09:30:00+01:00"`},
		{"en", "datetime", "2026-11-23T09:30", `"2026-11-23T09:30:00+01:00"`},
		{"en", "datetime", "2026-11-23 09:30:15.25", `"2026-11-23T09:30:15.25+01:00"`},
		{"en", "datetime", "2026-11-23 09:30 +05:30", `"2026-11-23T09:30:00+05:30"`},
		{"en", "datetime", "2026-11-23 09:30 UTC", `"2026-11-23T09:30:00Z"`},
		{"en", "datetime", "2026-11-23 9 pm UTC-3", `"2026-11-23T21:00:00-03:00"`},
		{"en", "datetime", "2026-11-23T09:30:00+01:00", `"2026-11-23T09:30:00+01:00"`},
		{"en", "datetime", "2026-11-23", `"2026-11-23"`},
		{"en", "datetime", "9:30", `"9:30"`},
	})
	zone, err := time.LoadLocation("Europe/Zurich")
	require.NoError(t, err)
	all, skipped := dateTimeReadings("2026-03-29 02:30", i18n.DayFirst, zone)
	require.Empty(t, all)
	require.True(t, skipped, "clocks are put forward from two to three")
}

func TestChoicesAreReadByOptionWordingOrNumber(t *testing.T) {
	requireReadings(t, []entry{
		{"en", "boolean", "Y", `true`},
		{"fr", "boolean", "Non", `false`},
		{"en", "boolean", "1", `"1"`},
		{"en", "enum", "1", `"1"`}, // the option 3 is a number, so options cannot be chosen by number
		{"en", "enum", "3", `"3"`},
		{"fr", "enum", "très HAUTE", `"high"`},
		{"fr", "enum", "tres\u00a0haute", `"high"`},
		{"en", "enum", "4", `"4"`},
		{"en", "multi_enum", "1, big one", `["a","big one"]`},
		{"en", "multi_enum", "a b", `["a","b"]`},
		{"en", "multi_enum", "a ; big one", `["a","big one"]`},
		{"en", "multi_enum", "big one", `["big one"]`},
		{"en", "multi_enum", "a, huge", `["a","huge"]`},
		{"en", "multi_enum", ",", `[]`},
	})
}

func TestAChoiceWithSeveralReadingsIsAmbiguous(t *testing.T) {
	requireReadings(t, []entry{
		{"en", "list", "a,b", `["a","b"] | ["a,b"]`},
		{"en", "list", "a, b", `["a","b"]`},
		{"en", "list", "a,b, a", `["a","b","a"] | ["a,b","a"]`},
		{"en", "list", "x y", `["x","y"] | ["x y"]`},
		{"en", "twin", "one", `"1st" | "2nd"`},
		{"en", "twin", "2nd", `"2nd"`},
	})
}

func TestSpacesAreRemovedIfTheMaskOrPatternAllowsNone(t *testing.T) {
	const iban = `"FR7630006000011234567890189"`
	requireReadings(t, []entry{
		{"fr", "iban", "FR76 3000 6000 0112 3456 7890 189", iban},
		{"fr", "iban", " FR76\u00a03000\u202f6000 0112 3456 7890 189\u200e", iban},
		{"fr", "iban", "FR76 3000", `"FR76 3000"`},
		{"fr", "spaced", "12 34", `"12 34"`},
		{"fr", "spaced", " 12\u00a034 ", `"12 34"`},
		{"fr", "digits", "123 456", `"123456"`},
	})
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
