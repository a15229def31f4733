package terminal

import (
	"bytes"
	"context"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/api/client"
)

const hintDocument = `{"name":"P","steps":[{"key":"s","title":"S","slots":[
	{"name":"described","type":"string","validate":"INC-[0-9]{6}","description":"INC- and six digits.",
		"translations":{"fr":{"description":"INC- suivi de six chiffres."}}},
	{"name":"bare","type":"string","validate":"INC-[0-9]{6}"},
	{"name":"short","type":"string","max_length":1},{"name":"long","type":"string","min_length":2,"max_length":1000},
	{"name":"one_choice","type":"multi_enum","options":["a","b"],"min_length":1},
	{"name":"two_letters","type":"string","min_length":2,"max_length":2},
	{"name":"single","type":"multi_enum","options":["a","b"],"min_length":1,"max_length":1},
	{"name":"amount","type":"number","min":0.5,"max":1234567.25},
	{"name":"day","type":"date","min":"2020-01-01"},{"name":"days","type":"date","min":"2020-01-01","max":"2020-12-31"},
	{"name":"instant","type":"datetime","max":"2020-01-01T08:00:00+01:00"},{"name":"clock","type":"time","min":"08:00:00"},
	{"name":"enum","type":"enum","options":["low","high"],
		"translations":{"fr":{"options":{"low":"Basse","high":"Haute"}},"en":{"options":{"low":"Low","high":"High"}}}},
	{"name":"price","type":"number","decimals":2,"unit":"CHF"},
	{"name":"due","type":"date","min":"today","max":"today+P30D"},
	{"name":"recent","type":"datetime","min":"now-PT4H"},
	{"name":"labelled","type":"enum","options":["other",{"value":"p","label":"Private"},{"value":"c","label":"Company"}],
		"translations":{"fr":{"options":{"c":"Société"}}}},
	{"name":"boolean","type":"boolean"}]}]}`

func TestHintsFormatNumbersAndDatesByLanguage(t *testing.T) {
	for slot, want := range map[string]struct{ en, fr string }{
		"bare":        {"Format: the regular expression INC-[0-9]{6}", "Format\u00a0: expression régulière INC-[0-9]{6}"},
		"short":       {"At most 1 character.", "1 caractère au maximum."},
		"long":        {"2 to 1,000 characters.", "De 2 à 1\u202f000 caractères."},
		"one_choice":  {"At least 1 choice.", "1 choix au minimum."},
		"two_letters": {"Exactly 2 characters.", "2 caractères exactement."},
		"single":      {"Exactly 1 choice.", "1 choix exactement."},
		"amount":      {"From 0.5 to 1,234,567.25.", "De 0,5 à 1\u202f234\u202f567,25."},
		"day":         {"No earlier than 1 January 2020.", "Au plus tôt le 01/01/2020."},
		"days":        {"From 1 January 2020 to 31 December 2020.", "Du 01/01/2020 au 31/12/2020."},
		"instant": {
			"No later than 1 January 2020, 08:00 (UTC+01:00).", "Au plus tard le 01/01/2020 à 08:00 (UTC+01:00).",
		},
		"clock": {"No earlier than 08:00.", "Au plus tôt à 08:00."},
		"price": {"At most 2 digits after the decimal point.", "2 chiffres après la virgule au maximum."},
		"due":   {"From 28 November 2026 to 28 December 2026.", "Du 28/11/2026 au 28/12/2026."},
		"recent": {
			"No earlier than 28 November 2026, 19:30 (UTC).", "Au plus tôt le 28/11/2026 à 19:30 (UTC).",
		},
		"labelled": {"3  Company (c)", "3  Société (c)"},
	} {
		for language, text := range map[string]string{"en": want.en, "fr": want.fr} {
			w, slots := walkerIn(t, hintDocument, language)
			require.Contains(t, w.hints(slots[slot]), text)
		}
	}
}

func TestAnOptionIsChosenByItsValueOrItsLabel(t *testing.T) {
	for language, typed := range map[string][]string{
		"en": {"c", "Company", "company", "3"},
		"fr": {"c", "Société", "société", "3"},
	} {
		for _, text := range typed {
			w, slots := walkerIn(t, hintDocument, language)
			require.Equal(t, `"c"`, readingsOf(w, slots["labelled"], text), "%s %s", language, text)
		}
	}
}

func TestADescriptionReplacesThePattern(t *testing.T) {
	for language, want := range map[string]string{
		"en": "This does not have the expected format: INC- and six digits.",
		"fr": "Le format attendu n’est pas respecté\u00a0: INC- suivi de six chiffres.",
	} {
		w, slots := walkerIn(t, hintDocument, language)
		s := slots["described"]
		require.Empty(t, w.hints(s))
		_, issue := s.Check([]byte(`"42"`))
		require.NotNil(t, issue)
		require.Equal(t, want, w.issueText(s, *issue))
	}
	w, slots := walkerIn(t, hintDocument, "en")
	_, issue := slots["bare"].Check([]byte(`"42"`))
	require.Equal(t, "This must match the regular expression INC-[0-9]{6}.", w.issueText(slots["bare"], *issue))
}

func TestIssueTextsOfTypedAnswers(t *testing.T) {
	for _, c := range []struct{ slot, raw, en, fr string }{
		{"amount", `"abc"`, "This must be a number.", "Saisissez un nombre."},
		{"day", `"abc"`, "This must be a valid date, such as 2026-11-23.",
			"Saisissez une date valide, par exemple 23/11/2026."},
		{"single", `["a","b"]`, "Exactly 1 choice.", "1 choix exactement."},
	} {
		for language, want := range map[string]string{"en": c.en, "fr": c.fr} {
			w, slots := walkerIn(t, hintDocument, language)
			_, issue := slots[c.slot].Check([]byte(c.raw))
			require.NotNil(t, issue)
			require.Equal(t, want, w.issueText(slots[c.slot], *issue))
		}
	}
}

func TestReadAnswersErrorsDoNotMentionGoTypes(t *testing.T) {
	for script, want := range map[string]string{
		"":                             "answers: the file is empty",
		`[{"step":"a"},{"steps":"a"}]`: "answers: /1/steps: unknown member",
		`[{"step":7}]`:                 "answers: /0/step: unexpected number",
		`[{"step":{}}]`:                "answers: /0/step: unexpected object",
		`{"step":"a"}`:                 "answers: the file must contain a list",
	} {
		_, err := ReadAnswers([]byte(script))
		require.EqualError(t, err, want)
	}
}

func TestIssueTextsShowTheWordingsOfOptions(t *testing.T) {
	for language, want := range map[string]string{
		"en": "This must be one of: Low, High.", "fr": "Valeurs possibles\u00a0: Basse, Haute.",
	} {
		w, slots := walkerIn(t, hintDocument, language)
		_, issue := slots["enum"].Check([]byte(`"huge"`))
		require.Equal(t, want, w.issueText(slots["enum"], *issue))
	}
}

func TestAShownValueCanBeTypedAgain(t *testing.T) {
	for _, c := range []struct{ slot, raw, en, fr string }{
		{"amount", "1234.5", "1234.5", "1234,5"},
		{"day", `"2026-11-23"`, "2026-11-23", "23/11/2026"},
		{"recent", `"2026-11-23T09:30:00+01:00"`, "2026-11-23T09:30:00+01:00", "23/11/2026 à 09:30 (UTC+01:00)"},
		{"recent", `"2026-11-23T09:30:15Z"`, "2026-11-23T09:30:15Z", "23/11/2026 à 09:30:15 (UTC)"},
		{"enum", `"low"`, "Low", "Basse"},
		{"boolean", "true", "yes", "oui"},
		{"one_choice", `["a","b"]`, "a, b", "a, b"},
	} {
		for language, want := range map[string]string{"en": c.en, "fr": c.fr} {
			w, slots := walkerIn(t, hintDocument, language)
			shown := w.shown(slots[c.slot], []byte(c.raw))
			require.Equal(t, want, shown)
			require.JSONEq(t, c.raw, readingsOf(w, slots[c.slot], shown), "the shown text must parse to the same value")
		}
	}
}

// acceptAll is an API that answers every commit with the same run.
type acceptAll struct {
	API
	run *Run
}

func (a acceptAll) Commit(context.Context, string, string, string, client.StepCommit) (*Run, error) {
	return a.run, nil
}

func TestPlayShowsTitlesAndTranslatedStates(t *testing.T) {
	key := "second"
	run := &Run{Run: &client.Run{
		ID: "7", State: client.RunStateInProgress, CurrentStep: &key,
		Steps: []client.RunStep{{Key: "first", Title: "Erste"}, {Key: key, Title: "Zweite"}},
	}}
	run.Progress.Steps.Total, run.Progress.Steps.Committed = 2, 1
	for language, want := range map[string]string{
		"en": "✓ Erste: 1/2, in progress\n", "fr": "✓ Erste\u00a0: 1/2, en cours\n",
	} {
		var out bytes.Buffer
		_, err := Play(t.Context(), acceptAll{run: run}, &out, i18n.Accept(language), run, []Answer{{Step: "first"}})
		require.NoError(t, err)
		require.Equal(t, want, out.String())
	}
	require.Equal(t, "Run 7 is at step “Zweite”. To continue: procedo run --resume 7",
		StateLine(i18n.Accept("en"), run, "procedo run --resume 7"))
	ended := &Run{Run: &client.Run{ID: "7", State: client.RunStateFailed}}
	require.Equal(t, "L’exécution 7 est en échec.", StateLine(i18n.Accept("fr"), ended, ""))
}

// page is a console that records the text written and the words offered. Nothing can be read from it.
type page struct {
	bytes.Buffer
	words []string
}

func (*page) ReadLine(string) (string, error)     { return "", io.EOF }
func (*page) ReadSecret(string) (string, error)   { return "", io.EOF }
func (p *page) Offer(words []string)              { p.words = words }
func (*page) Wait() error                         { return nil }
func (*page) Resume() (discarded bool, err error) { return false, nil }

func TestAPromptShowsTheUnitAndOffersLabels(t *testing.T) {
	w, slots := walkerIn(t, hintDocument, "fr")
	shown := &page{}
	w.Console = shown
	v := &visit{Walker: w}
	v.label(context.Background(), slots["price"])
	require.Regexp(t, `price.* \(CHF\) \*`, shown.String())
	v.label(context.Background(), slots["labelled"])
	require.Equal(t, []string{"other", "p", "Private", "c", "Société"}, shown.words)
}
