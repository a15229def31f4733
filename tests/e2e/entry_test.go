package e2e

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const entryYAML = `
id: entry
name: Entry
steps:
  - key: only
    title: The only step
    slots:
      - {name: at, type: time}
      - {name: seen, type: datetime}
      - {name: born, type: date}
      - {name: price, type: number}
      - {name: iban, type: string, validate: "[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}"}
      - {name: secret, type: date, sensitive: true}
      - {name: picks, type: multi_enum, options: [a, b, "a,b"]}
`

// startEntry starts a run of the procedure entryYAML in a terminal. The time zone is that of Zurich.
func startEntry(t *testing.T, lang string) (p *terminal, s *server) {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("TZ", "Europe/Zurich")
	s = serve(t, dir)
	_, stderr, status := procedo(t, dir, "load", "--server", s.url, write(t, dir, "entry.yaml", entryYAML))
	require.Zero(t, status, stderr)
	return startTerminal(t, dir, lang, "run", "entry", "--server", s.url, "--actor", "claire"), s
}

// requireSlots compares the slots of the first step of a run with a JSON object.
func (s *server) requireSlots(run, want string) {
	s.t.Helper()
	r, err := s.client().GetRunWithResponse(s.t.Context(), run, nil)
	require.NoError(s.t, err)
	require.Equal(s.t, values(s.t, want), r.JSON200.Steps[0].Slots)
}

func TestValuesCanBeTypedInSeveralFormatsAndAreEchoedAsStored(t *testing.T) {
	p, s := startEntry(t, "fr_CH.UTF-8")
	for _, c := range [][2]string{
		{"9:30", "→ 09:30:00"},
		{"23/11/2026 9:30", "→ 2026-11-23T09:30:00+01:00"},
		{"1.5.1980", "→ 1980-05-01"},
		{"1\u00a0000,50", "→ 1000.50"},
		{"CH93 0076 2011 6238 5295 7", "→ CH9300762011623852957"},
		{"1.5.1980", "La valeur saisie est enregistrée"},
	} {
		p.waitFor("> ")
		p.enter(c[0])
		p.waitFor(c[1])
	}
	p.waitFor("picks *")
	p.enter("3")
	p.waitFor("→ a,b")
	p.waitFor("Valider cette étape")
	s.requireSlots(p.run(), `{"at":"09:30:00","seen":"2026-11-23T09:30:00+01:00","born":"1980-05-01","price":1000.50,
		"iban":"CH9300762011623852957","secret":null,"picks":["a,b"]}`)
	p.enter(":quitter")
	require.Zero(t, p.wait())
}

func TestTheTerminalAsksForTheMeaningOfAnAmbiguousValue(t *testing.T) {
	p, s := startEntry(t, "en")
	p.waitFor("at *")
	p.enter("09:30")
	p.waitFor("→ 09:30:00")
	p.waitFor("seen *")
	p.enter("03/04/2026 9:30")
	p.waitFor("“03/04/2026 9:30” can be read in several ways:")
	p.waitFor("1  3 April 2026, 09:30 (UTC+02:00) (2026-04-03T09:30:00+02:00)")
	p.waitFor("2  4 March 2026, 09:30 (UTC+01:00)")
	p.enter("3")
	p.waitFor("✗ Type a number from 1 to 2.")
	p.enter("2")
	p.waitFor("→ 2026-03-04T09:30:00+01:00")
	p.waitFor("born *")
	p.enter("03/04/2026")
	p.waitFor("Enter to type it again > ")
	p.enter("")
	p.waitFor("> ")
	p.enter("3 April 2026")
	p.waitFor("→ 2026-04-03")
	p.waitFor("price *")
	p.enter("1,234")
	p.waitFor("1  1.234")
	p.waitFor("2  1,234 (1234)")
	p.enter("2")
	p.waitFor("→ 1234")
	p.waitFor("iban *")
	p.enter("CH9300762011623852957")
	p.waitFor("secret *")
	p.enter("03/04/2026")
	p.waitFor("✗ This can be read in several ways.")
	p.enter("2026-04-03")
	p.waitFor("picks *")
	p.enter("a,b")
	p.waitFor("1  “a”, “b”")
	p.waitFor("2  “a,b”")
	p.enter("1")
	p.waitFor("→ a, b")
	p.waitFor("Commit this step?")
	s.requireSlots(p.run(), `{"at":"09:30:00","seen":"2026-03-04T09:30:00+01:00","born":"2026-04-03","price":1234,
		"iban":"CH9300762011623852957","secret":null,"picks":["a","b"]}`)
	p.enter("y")
	p.waitFor("✓ The run is completed")
	require.Zero(t, p.wait())
}
