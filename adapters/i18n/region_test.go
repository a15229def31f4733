package i18n_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/core/fault"
)

func TestNumbersDatesAndTimesAreInTheFormatOfTheRegion(t *testing.T) {
	for header, want := range map[string]struct{ number, date, at, time string }{
		"en":              {"-1,000.50", "28 November 2026", "28 November 2026, 14:30 (UTC)", "09:05"},
		"en-GB":           {"-1,000.50", "28 November 2026", "28 November 2026, 14:30 (UTC)", "09:05"},
		"en-US":           {"-1,000.50", "November 28, 2026", "November 28, 2026, 2:30 PM (UTC)", "9:05 AM"},
		"en-CH":           {"-1'000.50", "28.11.2026", "28.11.2026, 14:30 (UTC)", "09:05"},
		"en-DE":           {"-1.000,50", "28 November 2026", "28 November 2026, 14:30 (UTC)", "09:05"},
		"fr":              {"-1\u202f000,50", "28/11/2026", "28/11/2026 à 14:30 (UTC)", "09:05"},
		"fr-FR":           {"-1\u202f000,50", "28/11/2026", "28/11/2026 à 14:30 (UTC)", "09:05"},
		"fr-CH":           {"-1'000.50", "28.11.2026", "28.11.2026 à 14:30 (UTC)", "09:05"},
		"fr-CH, fr;q=0.5": {"-1'000.50", "28.11.2026", "28.11.2026 à 14:30 (UTC)", "09:05"},
		"fr;q=0.5, fr-CH": {"-1'000.50", "28.11.2026", "28.11.2026 à 14:30 (UTC)", "09:05"},
		"fr-BE":           {"-1\u202f000,50", "28/11/2026", "28/11/2026 à 14:30 (UTC)", "09:05"},
		"fr-CA":           {"-1\u00a0000,50", "2026-11-28", "2026-11-28 à 14:30 (UTC)", "09:05"},
		"fr-LU":           {"-1.000,50", "28/11/2026", "28/11/2026 à 14:30 (UTC)", "09:05"},
		"de-CH":           {"-1'000.50", "28.11.2026", "28.11.2026, 14:30 (UTC)", "09:05"},
		"it-CH":           {"-1'000.50", "28.11.2026", "28.11.2026, 14:30 (UTC)", "09:05"},
		"de-LI":           {"-1'000.50", "28.11.2026", "28.11.2026, 14:30 (UTC)", "09:05"},
		"de-DE":           {"-1.000,50", "28.11.2026", "28.11.2026, 14:30 (UTC)", "09:05"},
		"de-AT":           {"-1\u00a0000,50", "28.11.2026", "28.11.2026, 14:30 (UTC)", "09:05"},
		"de":              {"-1,000.50", "28 November 2026", "28 November 2026, 14:30 (UTC)", "09:05"},
		"ja-JP":           {"-1,000.50", "28 November 2026", "28 November 2026, 14:30 (UTC)", "09:05"},
		"":                {"-1,000.50", "28 November 2026", "28 November 2026, 14:30 (UTC)", "09:05"},
	} {
		l := i18n.Accept(header)
		require.Equal(t, want.number, l.Value("-1000.50"), header)
		require.Equal(t, want.date, l.Value("2026-11-28"), header)
		require.Equal(t, want.at, l.Value("2026-11-28T14:30:00Z"), header)
		require.Equal(t, want.time, l.Value("09:05:00"), header)
	}
	require.Equal(t, "12:00 AM", i18n.Accept("en-US").Value("00:00:00"))
	require.Equal(t, "12:30:15.25 PM", i18n.Accept("en-US").Value("12:30:15.25"))
}

func TestMessagesUseTheFormatOfTheRegion(t *testing.T) {
	for header, want := range map[string]string{
		"en-US": "This must be no earlier than November 28, 2026.", "en-GB": "This must be no earlier than 28 November 2026.",
		"fr-CH": "Au plus tôt le 28.11.2026.", "fr-FR": "Au plus tôt le 28/11/2026.",
	} {
		is := fault.Issue{Code: "validation.min", Params: fault.Params{"min": "2026-11-28"}}
		require.Equal(t, want, i18n.Accept(header).Issue(is), header)
	}
}

func TestTheExampleOfAPhoneNumberIsOfTheRegion(t *testing.T) {
	for _, c := range []struct{ header, region, want string }{
		{"fr", "CH", "+41 "}, {"en-US", "CH", "+41 "}, {"fr-FR", "ch", "+41 "}, {"fr-CH", "", "+41 "},
		{"fr-CH", "FR", "+33 "}, {"en-GB", "DE", "+49 "}, {"en-GB", "", "+44 "}, {"fr", "", "+33 1 23 45 67 89"},
	} {
		for _, id := range []string{"validation.phone", "terminal.hint.phone"} {
			text := i18n.Accept(c.header).Text(id, fault.Params{"region": c.region})
			require.Contains(t, text, c.want, "%s %s", c.header, c.region)
		}
	}
}

func TestOptionsThatContainACommaAreQuoted(t *testing.T) {
	words{"This must be one of: low, high.", "Valeurs possibles\u00a0: low, high."}.requireIssue(t,
		fault.Issue{Code: "validation.enum", Params: fault.Params{"allowed": []string{"low", "high"}}})
	words{
		"This must be one of: “Bern, Switzerland”, “Paris”.",
		"Valeurs possibles\u00a0: «\u00a0Bern, Switzerland\u00a0», «\u00a0Paris\u00a0».",
	}.requireIssue(t, fault.Issue{
		Code: "validation.enum", Params: fault.Params{"allowed": []string{"Bern, Switzerland", "Paris"}},
	})
	words{
		"This must be one of: “a ”, “b”.", "Valeurs possibles\u00a0: «\u00a0a \u00a0», «\u00a0b\u00a0».",
	}.requireIssue(t, fault.Issue{Code: "validation.enum", Params: fault.Params{"allowed": []any{"a ", "b"}}})
}

func TestAFindingAboutAClosedSetOfTextsNamesThem(t *testing.T) {
	words{
		"This must be text; the allowed values are: blank, keep.",
		"Valeur attendue\u00a0: un texte\u00a0; valeurs possibles\u00a0: blank, keep.",
	}.requireIssue(t, fault.Issue{
		Code: "definition.wrong_type", Params: fault.Params{"expected": "string", "allowed": []string{"blank", "keep"}},
	})
	words{"This must be text.", "Valeur attendue\u00a0: un texte."}.requireIssue(t,
		fault.Issue{Code: "definition.wrong_type", Params: fault.Params{"expected": "string"}})
}

func TestTheSeparatorOfListsFollowsTheRegion(t *testing.T) {
	for header, want := range map[string]string{
		"en": ",", "en-US": ",", "en-GB": ",", "": ",", "en-CH": ";", "fr": ";", "fr-FR": ";", "fr-CH": ";", "fr-CA": ";",
		"de-CH": ";", "de-DE": ";", "it-CH": ";", "it-IT": ";",
	} {
		require.Equal(t, want, string(i18n.Accept(header).ListSeparator()), header)
	}
}
