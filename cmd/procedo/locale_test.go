package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/migrate"
	"github.com/procedo/procedo/core/verify"
)

func TestTerminalLocaleFollowsTheEnvironment(t *testing.T) {
	for name, c := range map[string]struct{ lcAll, lcMessages, lang, want string }{
		"no variable":                    {"", "", "", "en"},
		"LANG alone":                     {"", "", "fr_FR.UTF-8", "fr"},
		"LC_MESSAGES before LANG":        {"", "en_GB.UTF-8", "fr_FR.UTF-8", "en"},
		"LC_ALL before the others":       {"fr_CA.UTF-8", "en_GB.UTF-8", "C", "fr"},
		"the C locale means the default": {"C", "", "fr", "en"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("LC_ALL", c.lcAll)
			t.Setenv("LC_MESSAGES", c.lcMessages)
			t.Setenv("LANG", c.lang)
			require.Equal(t, c.want, terminalLocale().Language())
		})
	}
}

func TestVerifySummaryUsesSingularAndPlural(t *testing.T) {
	for _, c := range []struct {
		counts             verify.Counts
		findings, warnings int
		rules              bool
		en, fr             string
	}{
		{
			en: "0 procedures, 0 runs, 0 events checked: 0 findings",
			fr: "Vérification de 0 procédure, 0 exécution, 0 événement\u00a0: 0 anomalie",
		},
		{
			counts:   verify.Counts{Procedures: 1, Runs: 1, Events: 1, Checkpoints: 1},
			findings: 1, warnings: 1, rules: true,
			en: "1 procedure, 1 run, 1 event, 1 checkpoint checked: 1 finding, 1 warning",
			fr: "Vérification de 1 procédure, 1 exécution, 1 événement, 1 point de contrôle\u00a0: " +
				"1 anomalie, 1 avertissement",
		},
		{
			counts:   verify.Counts{Procedures: 2, Runs: 2, Events: 2000, Checkpoints: 2},
			findings: 2,
			en:       "2 procedures, 2 runs, 2,000 events, 2 checkpoints checked: 2 findings",
			fr: "Vérification de 2 procédures, 2 exécutions, 2\u202f000 événements, 2 points de contrôle\u00a0: " +
				"2 anomalies",
		},
	} {
		for language, want := range map[string]string{"en": c.en, "fr": c.fr} {
			t.Run(want, func(t *testing.T) {
				t.Setenv("LC_ALL", language)
				require.Equal(t, want, verifyCmd{Rules: c.rules}.summary(c.counts, c.findings, c.warnings))
			})
		}
	}
}

func TestMigrateShowsTheStateOfEachMigration(t *testing.T) {
	for language, want := range map[string]string{
		"en": "1  applied  initial\n2  pending  more\n",
		"fr": "1  appliquée  initial\n2  en attente  more\n",
	} {
		t.Run(language, func(t *testing.T) {
			t.Setenv("LC_ALL", language)
			var out bytes.Buffer
			m := Main{Stdout: &out}
			m.printMigrations([]migrate.Migration{
				{Version: "1", Description: "initial", Applied: true},
				{Version: "2", Description: "more"},
			})
			require.Equal(t, want, out.String())
		})
	}
}
