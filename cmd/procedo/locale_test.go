package main

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/migrate"
	"github.com/procedo/procedo/api/procedo"
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

func TestTheRegionOfTheEnvironmentDeterminesTheFormats(t *testing.T) {
	for value, want := range map[string][3]string{
		"fr_FR.UTF-8":      {"28/11/2026", "1\u202f000,50", "14:30"},
		"fr_CH.UTF-8":      {"28.11.2026", "1'000.50", "14:30"},
		"fr_CH":            {"28.11.2026", "1'000.50", "14:30"},
		"fr_CH.UTF-8@euro": {"28.11.2026", "1'000.50", "14:30"},
		"fr_CH@euro":       {"28.11.2026", "1'000.50", "14:30"},
		"fr-CH":            {"28.11.2026", "1'000.50", "14:30"},
		"de_CH.UTF-8":      {"28.11.2026", "1'000.50", "14:30"},
		"de_DE.UTF-8":      {"28.11.2026", "1.000,50", "14:30"},
		"en_GB.UTF-8":      {"28 November 2026", "1,000.50", "14:30"},
		"en_US.UTF-8":      {"November 28, 2026", "1,000.50", "2:30 PM"},
		"C.UTF-8":          {"28 November 2026", "1,000.50", "14:30"},
		"POSIX":            {"28 November 2026", "1,000.50", "14:30"},
	} {
		for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
			t.Setenv("LC_ALL", "")
			t.Setenv("LC_MESSAGES", "")
			t.Setenv("LANG", "ja_JP.UTF-8")
			t.Setenv(name, value)
			l := terminalLocale()
			got := [3]string{l.Value("2026-11-28"), l.Value("1000.50"), l.Value("14:30:00")}
			require.Equal(t, want, got, "%s=%s", name, value)
		}
	}
}

func TestRequestsNameTheRegionOfTheEnvironment(t *testing.T) {
	for value, want := range map[string]string{
		"fr_CH.UTF-8": "fr-CH", "de_CH.UTF-8": "de-CH", "en_US": "en-US", "C": "en", "": "en",
	} {
		t.Setenv("LC_ALL", value)
		t.Setenv("LC_MESSAGES", "")
		t.Setenv("LANG", "")
		var sent string
		api, err := newAPIClientOver("http://h", procedo.WithActor(""), doerFunc(func(r *http.Request) (*http.Response, error) {
			sent = r.Header.Get("Accept-Language")
			return nil, io.EOF
		}))
		require.NoError(t, err)
		_, err = api.Run(t.Context(), "7")
		require.ErrorIs(t, err, io.EOF)
		require.Equal(t, want, sent, value)
	}
}

func TestCSVForExcelUsesTheSeparatorOfTheRegion(t *testing.T) {
	for value, want := range map[string]string{
		"fr_FR.UTF-8": ";", "fr_CH.UTF-8": ";", "de_CH.UTF-8": ";", "de_DE.UTF-8": ";", "it_CH": ";", "en_CH": ";",
		"en_US.UTF-8": ",", "en_GB.UTF-8": ",", "C": ",",
	} {
		t.Setenv("LC_ALL", value)
		require.Equal(t, want, string(exportCmd{Excel: true}.separator()), value)
		require.Equal(t, ",", string(exportCmd{}.separator()), "without --excel, the file is the same everywhere")
		var out bytes.Buffer
		require.NoError(t, newCSVRows(&out, exportCmd{Excel: true}.separator()).flush())
		require.True(t, strings.HasPrefix(out.String(), "entity_type"+want+"entity_id"+want), out.String())
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

// doerFunc is a function that implements client.HttpRequestDoer.
type doerFunc func(*http.Request) (*http.Response, error)

func (d doerFunc) Do(r *http.Request) (*http.Response, error) { return d(r) }
