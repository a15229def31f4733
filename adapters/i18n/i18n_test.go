package i18n_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/i18n"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/slot"
)

func TestTheBestMatchingLanguageIsChosen(t *testing.T) {
	for header, want := range map[string]string{
		"": "en", "fr": "fr", "fr-CA": "fr", "de, fr;q=0.5": "fr", "de": "en", "en;q=0.1, fr": "fr", "*": "en", ";;;": "en",
	} {
		require.Equal(t, want, i18n.Accept(header).Language(), header)
	}
}

// words is the same message in English and in French.
type words struct{ en, fr string }

func (w words) requireIssue(t *testing.T, is fault.Issue) {
	t.Helper()
	require.Equal(t, w.en, i18n.Accept("en").Issue(is))
	require.Equal(t, w.fr, i18n.Accept("fr").Issue(is))
}

func TestNumbersAreFormattedForTheLanguageWithAllDigits(t *testing.T) {
	for number, want := range map[string]words{
		"0":                         {"0", "0"},
		"7":                         {"7", "7"},
		"999":                       {"999", "999"},
		"1000":                      {"1,000", "1\u202f000"},
		"-1234567.5":                {"-1,234,567.5", "-1\u202f234\u202f567,5"},
		"0.125":                     {"0.125", "0,125"},
		"9007199254740993.123":      {"9,007,199,254,740,993.123", "9\u202f007\u202f199\u202f254\u202f740\u202f993,123"},
		"0.10000000000000000000001": {"0.10000000000000000000001", "0,10000000000000000000001"},
		"2026-11-23":                {"2026-11-23", "2026-11-23"},
		"1e3":                       {"1e3", "1e3"},
		"":                          {"", ""},
	} {
		require.Equal(t, want.en, i18n.Accept("en").Number(number))
		require.Equal(t, want.fr, i18n.Accept("fr").Number(number))
	}
}

func TestBoundsAreFormattedForTheLanguage(t *testing.T) {
	for bound, want := range map[string]words{
		"0":       {"This must be at least 0.", "Valeur minimale\u00a0: 0."},
		"1250.5":  {"This must be at least 1,250.5.", "Valeur minimale\u00a0: 1\u202f250,5."},
		"-12500":  {"This must be at least -12,500.", "Valeur minimale\u00a0: -12\u202f500."},
		"9999.99": {"This must be at least 9,999.99.", "Valeur minimale\u00a0: 9\u202f999,99."},
		"2020-01-01": {
			"This must be no earlier than 1 January 2020.", "Au plus tôt le 01/01/2020.",
		},
		"2020-12-31T14:30:00Z": {
			"This must be no earlier than 31 December 2020, 14:30 (UTC).", "Au plus tôt le 31/12/2020 à 14:30 (UTC).",
		},
		"2020-12-31t14:30:05.25+01:00": {
			"This must be no earlier than 31 December 2020, 14:30:05.25 (UTC+01:00).",
			"Au plus tôt le 31/12/2020 à 14:30:05,25 (UTC+01:00).",
		},
		"2020-12-31T14:30:05.123456+01:00": { // a time from a clock, with microseconds
			"This must be no earlier than 31 December 2020, 14:30:05 (UTC+01:00).",
			"Au plus tôt le 31/12/2020 à 14:30:05 (UTC+01:00).",
		},
		"2020-12-31T00:00:00-00:00": {
			"This must be no earlier than 31 December 2020, 00:00 (UTC).", "Au plus tôt le 31/12/2020 à 00:00 (UTC).",
		},
		"00:00:00":            {"This must be no earlier than 00:00.", "Au plus tôt à 00:00."},
		"08:30:15.1234567891": {"This must be no earlier than 08:30:15.1234567891.", "Au plus tôt à 08:30:15,1234567891."},
	} {
		want.requireIssue(t, fault.Issue{Code: "validation.min", Params: fault.Params{"min": bound}})
	}
	words{"This must be no later than 1 January 2020.", "Au plus tard le 01/01/2020."}.requireIssue(t,
		fault.Issue{Code: "validation.max", Params: fault.Params{"max": "2020-01-01"}})
	words{
		"The minimum, 2 January 2020, is after the maximum, 1 January 2020.",
		"Le minimum (02/01/2020) est postérieur au maximum (01/01/2020).",
	}.requireIssue(t, fault.Issue{
		Code: "definition.range", Params: fault.Params{"min": "2020-01-02", "max": "2020-01-01"},
	})
}

func TestTheMessageAboutDecimalsHasPluralForms(t *testing.T) {
	for decimals, want := range map[int]words{
		0: {
			"No digits are allowed after the decimal point.",
			"Aucun chiffre après la virgule n’est admis.",
		},
		1: {
			"At most 1 digit is allowed after the decimal point.",
			"1 chiffre après la virgule au maximum.",
		},
		2: {
			"At most 2 digits are allowed after the decimal point.",
			"2 chiffres après la virgule au maximum.",
		},
	} {
		want.requireIssue(t, fault.Issue{Code: "validation.decimals", Params: fault.Params{"decimals": decimals}})
	}
}

func TestFindingsAboutBoundsNameTheRelativeForms(t *testing.T) {
	for kind, example := range map[string]string{"date": "today+P30D", "datetime": "now+PT4H"} {
		for _, tag := range []string{"en", "fr"} {
			text := i18n.Accept(tag).Issue(fault.Issue{Code: "definition.bound", Params: fault.Params{"type": kind}})
			require.Contains(t, text, example)
		}
	}
}

func TestReasonsOfConditionsAreInTheReadersLanguage(t *testing.T) {
	words{
		"The types in the condition do not fit: “+” cannot be used with a number and text (line 1, column 5).",
		"La condition combine des types incompatibles\u00a0: «\u00a0+\u00a0» ne s’applique pas à un nombre et un texte " +
			"(ligne 1, colonne 5).",
	}.requireIssue(t, fault.Issue{Code: "definition.condition_type", Params: fault.Params{
		"reason": "no_overload", "operator": "+", "types": []string{"number", "text"}, "line": 1, "column": 5,
	}})
	words{
		"The condition cannot be read: it ends too early (line 1, column 6).",
		"La condition est illisible\u00a0: elle s’arrête trop tôt (ligne 1, colonne 6).",
	}.requireIssue(t, fault.Issue{Code: "definition.condition", Params: fault.Params{
		"reason": "incomplete", "line": 1, "column": 6,
	}})
	for _, reason := range []any{"no such overload", "", nil} { // a text of an event of an older release, or none
		_, detail := i18n.Accept("fr").Problem("condition.failed", fault.Params{"expression": "a > b", "reason": reason})
		require.Equal(t, "La condition «\u00a0a > b\u00a0» n’a pas pu être évaluée\u00a0: "+
			"l’expression n’est pas valable pour ces valeurs. Rien n’a été modifié.", detail)
	}
}

func TestQuantitiesHaveGroupSeparatorsAndIdentifiersDoNot(t *testing.T) {
	words{
		"Too long: the length is 12,000, the maximum is 10,000.",
		"Trop long\u00a0: longueur 12\u202f000, maximum 10\u202f000.",
	}.requireIssue(t, fault.Issue{
		Code: "validation.max_length", Params: fault.Params{"max": 10_000, "actual_length": 12_000},
	})
	words{
		"Identical to version 1234: nothing was changed.", "Identique à la version 1234\u00a0: rien n’a été modifié.",
	}.requireIssue(t, fault.Issue{Code: "definition.unchanged", Params: fault.Params{"version": 1234}})
	words{"This must be at most 1,000,000.", "Valeur maximale\u00a0: 1\u202f000\u202f000."}.requireIssue(t,
		fault.Issue{Code: "request.max", Params: fault.Params{"max": 1e6}})
}

func TestCountsUsePluralForms(t *testing.T) {
	en, fr := i18n.Accept("en"), i18n.Accept("fr")
	for n, want := range map[int]words{
		0:         {"0 findings", "0 anomalie"},
		1:         {"1 finding", "1 anomalie"},
		2:         {"2 findings", "2 anomalies"},
		1500:      {"1,500 findings", "1\u202f500 anomalies"},
		1_000_000: {"1,000,000 findings", "1\u202f000\u202f000 anomalies"},
	} {
		require.Equal(t, want.en, en.Count("findings", n))
		require.Equal(t, want.fr, fr.Count("findings", n))
	}
	for code, params := range map[string]fault.Params{
		"run.event_not_found": {"seq": int64(1)}, "step.max_visits": {"step": "test", "max_visits": 1},
	} {
		_, detail := en.Problem(code, params)
		require.Regexp(t, `1 (event|visit)\b`, detail)
	}
	for most, want := range map[int]words{
		1: {"Type 1, or all.", "Saisissez 1 ou «\u00a0tout\u00a0»."},
		3: {"Type numbers from 1 to 3, or all.", "Saisissez des numéros de 1 à 3, ou «\u00a0tout\u00a0»."},
	} {
		require.Equal(t, want.en, en.Text("terminal.tick_unknown", fault.Params{"max": most}))
		require.Equal(t, want.fr, fr.Text("terminal.tick_unknown", fault.Params{"max": most}))
	}
	words{"At least 1 character is required.", "1 caractère au minimum."}.requireIssue(t,
		fault.Issue{Code: "request.min_length", Params: fault.Params{"min": uint64(1)}})
	words{"At most 2 characters are allowed.", "2 caractères au maximum."}.requireIssue(t,
		fault.Issue{Code: "request.max_length", Params: fault.Params{"max": uint64(2)}})
}

func TestStatesAreTranslated(t *testing.T) {
	for _, c := range []struct {
		state, to string
		want      words
	}{
		{"pending", "completed", words{
			"The run is pending; it cannot change to “completed”.",
			"L’exécution est en attente\u00a0: elle ne peut pas passer à l’état «\u00a0terminée\u00a0».",
		}},
		{"completed", "in_progress", words{
			"The run is completed; it cannot change to “in progress”.",
			"L’exécution est terminée\u00a0: elle ne peut pas passer à l’état «\u00a0en cours\u00a0».",
		}},
	} {
		params := fault.Params{"state": c.state, "to": c.to}
		_, en := i18n.Accept("en").Problem("run.state", params)
		_, fr := i18n.Accept("fr").Problem("run.state", params)
		require.Equal(t, c.want, words{en, fr})
	}
}

func TestPatternsAreNotShown(t *testing.T) {
	words{"This does not have the expected format.", "Le format attendu n’est pas respecté."}.requireIssue(t,
		fault.Issue{Code: "validation.pattern", Params: fault.Params{"pattern": "INC-[0-9]{6}"}})
	words{"This must be a single line.", "Saisissez une seule ligne."}.requireIssue(t,
		fault.Issue{Code: "validation.pattern", Params: fault.Params{"line_break": true}})
}

func TestTypesAreTranslatedAndIdsAreNot(t *testing.T) {
	words{"This must be a whole number (a JSON number).", "Saisissez un nombre entier (nombre JSON)."}.requireIssue(t,
		fault.Issue{Code: "validation.type", Params: fault.Params{"expected": "integer"}})
	words{"This must be true or false (a JSON boolean).", "Saisissez true ou false (booléen JSON)."}.requireIssue(t,
		fault.Issue{Code: "validation.type", Params: fault.Params{"expected": "boolean"}})
	words{"This must be a list of options.", "Saisissez une liste d’options."}.requireIssue(t,
		fault.Issue{Code: "validation.type", Params: fault.Params{"expected": "multi_enum"}})
	words{"This must be text, a list or null.", "Valeur attendue\u00a0: un texte, une liste ou null."}.requireIssue(t,
		fault.Issue{Code: "request.type", Params: fault.Params{"expected": "string, array, null"}})
	words{
		"The id must be number, as in the address.", "L’identifiant doit être number, comme dans l’adresse.",
	}.requireIssue(t, fault.Issue{Code: "definition.id_mismatch", Params: fault.Params{"expected": "number"}})
}

func TestListsOfAnyElementTypeAreJoined(t *testing.T) {
	words{"This must be one of: a, b.", "Valeurs possibles\u00a0: a, b."}.requireIssue(t,
		fault.Issue{Code: "validation.enum", Params: fault.Params{"allowed": []string{"a", "b"}}})
	words{"This must be one of: manual, agent.", "Valeurs possibles\u00a0: manual, agent."}.requireIssue(t,
		fault.Issue{Code: "validation.enum", Params: fault.Params{"allowed": []slot.Origin{slot.Manual, slot.Agent}}})
	words{"This must be one of: 1, x.", "Valeurs possibles\u00a0: 1, x."}.requireIssue(t,
		fault.Issue{Code: "request.enum", Params: fault.Params{"allowed": []any{1, "x"}}})
	words{
		"This is not one of the options.", "Cette valeur ne fait pas partie des choix possibles.",
	}.requireIssue(t, fault.Issue{Code: "validation.enum"})
}

func TestTheReasonOfARefusedDefaultIsTranslated(t *testing.T) {
	words{
		"The slot does not accept this default value. This must be no earlier than 1 January 2020.",
		"Le champ n’accepte pas cette valeur par défaut. Au plus tôt le 01/01/2020.",
	}.requireIssue(t, fault.Issue{
		Code: "definition.default", Params: fault.Params{"reason": "validation.min", "min": "2020-01-01"},
	})
}

func TestTheMessageOfAMissingFieldDependsOnTheField(t *testing.T) {
	for field, want := range map[string]words{
		"slots.x":     {"A value is required.", "Ce champ est obligatoire."},
		"checklist.x": {"This item must be ticked.", "Cette case doit être cochée."},
		"reason":      {"A reason is required.", "Une justification est obligatoire."},
	} {
		want.requireIssue(t, fault.Issue{Code: "validation.required", Field: field})
	}
}

func TestACodeWithoutAMessageIsShownUnchanged(t *testing.T) {
	title, _ := i18n.Accept("en").Problem("no.such_code", nil)
	require.Equal(t, "problem.no.such_code.title", title)
}
