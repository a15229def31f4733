package e2e

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const awayYAML = `
id: away
name: Away
steps:
  - key: only
    title: The only step
    slots:
      - {name: kind, type: string}
      - {name: pin, type: string, sensitive: true}
      - {name: note, type: string}
`

func TestWhatIsTypedWhileTheServerIsDownIsNeitherShownNorUsed(t *testing.T) {
	for lang, want := range map[string][3]string{
		"en":          {"The server does not answer", "What you typed meanwhile was discarded", "Commit this step?"},
		"fr_CH.UTF-8": {"Le serveur ne répond pas", "Ce que vous avez tapé entre-temps a été ignoré", "Valider cette étape"},
	} {
		dir := t.TempDir()
		s := serve(t, dir)
		_, stderr, status := procedo(t, dir, "load", "--server", s.url, write(t, dir, "away.yaml", awayYAML))
		require.Zero(t, status, stderr)
		p := startTerminal(t, dir, lang, "run", "away", "--server", s.url, "--actor", "claire")
		p.waitFor("kind *")
		require.Zero(t, s.signal(syscall.SIGTERM))
		p.enter("plain")
		p.waitFor(want[0])
		p.enter("typed-ahead-1", "typed-ahead-2")
		_, err := p.tty.WriteString("half a line")
		require.NoError(t, err)
		time.Sleep(time.Second) // attempts to reach the server follow each other
		p.enter("typed-ahead-3")
		s = serveAt(t, dir, strings.TrimPrefix(s.url, "http://"))
		p.waitFor(want[1])
		p.waitFor("pin *")
		p.waitFor("> ")
		p.enter("typed blindly")
		p.waitFor("note *")
		p.enter("kept")
		p.waitFor(want[2])
		run, err := s.client().GetRunWithResponse(t.Context(), p.run(), nil)
		require.NoError(t, err)
		require.Equal(t, `"plain"`, string(run.JSON200.Steps[0].Slots["kind"]))
		require.Equal(t, `"kept"`, string(run.JSON200.Steps[0].Slots["note"]))

		require.Zero(t, s.signal(syscall.SIGTERM)) // nothing is said where nothing was typed
		p.enter("")
		p.waitFor(want[0])
		s = serveAt(t, dir, strings.TrimPrefix(s.url, "http://"))
		p.waitFor("✓ The only step")
		require.Zero(t, p.wait())
		out := p.allOutput()
		require.NotContains(t, out, "typed-ahead")
		require.NotContains(t, out, "half a line")
		require.NotContains(t, out, "typed blindly")
		require.Equal(t, 1, strings.Count(out, want[1]))
		require.Zero(t, s.signal(syscall.SIGTERM))
	}
}

const passedYAML = `
id: passed
name: Passed
steps:
  - {key: a, title: Alpha, slots: [{name: kind, type: enum, options: [x, z]}, {name: more, type: string, required: false}],
     transitions: [{when: "kind == 'z'", to: d}]}
  - {key: b, title: Beta, when: "a.kind == 'y'"}
  - {key: c, title: Gamma, slots: [{name: n, type: integer}]}
  - {key: d, title: Delta, slots: [{name: n, type: integer}]}
`

func TestAStepThatDoesNotApplyIsAnnouncedAndBackIsExplained(t *testing.T) {
	dir := t.TempDir()
	passed := strings.Replace(passedYAML, "a.kind == 'y'", "a.more == 'y'", 1)
	passed = strings.Replace(passed, "a.more", "a.?more.orValue('')", 1)
	_, stderr, status := procedo(t, dir, "load", write(t, dir, "passed.yaml", passed))
	require.Zero(t, status, stderr)
	for lang, want := range map[string][5]string{
		"en": {
			"This is the first question of the procedure: there is none to go back to.",
			"– Step “Beta” does not apply (condition a.?more.orValue('') == 'y' is false).",
			"This is the first question of this step; a step that is closed can only be corrected by an amendment.",
			"– Step “Beta” does not apply (condition kind == 'z' is true).",
			"– Step “Gamma” does not apply (condition kind == 'z' is true).",
		},
		"fr_FR.UTF-8": {
			"Cette question est la première de la procédure\u00a0: il n’y en a pas d’autre avant elle.",
			"– L’étape «\u00a0Beta\u00a0» est sans objet (la condition a.?more.orValue('') == 'y' est fausse).",
			"Cette question est la première de l’étape\u00a0; une étape close ne peut être corrigée que par une rectification.",
			"– L’étape «\u00a0Beta\u00a0» est sans objet (la condition kind == 'z' est vraie).",
			"– L’étape «\u00a0Gamma\u00a0» est sans objet (la condition kind == 'z' est vraie).",
		},
	} {
		p := startTerminal(t, dir, lang, "run", "passed", "--actor", "claire")
		p.waitFor("kind *")
		p.enter(":BACK ")
		p.waitFor(want[0])
		p.enter("x", "", "")
		p.waitFor("✓ Alpha")
		p.waitFor(want[1])
		p.waitFor("Gamma")
		p.enter(":Retour")
		p.waitFor(want[2])
		p.enter(":quit")
		require.Zero(t, p.wait())

		p = startTerminal(t, dir, lang, "run", "passed", "--actor", "claire")
		p.waitFor("kind *")
		p.enter("z", "", "")
		p.waitFor(want[3])
		p.waitFor(want[4])
		p.waitFor("Delta")
		p.enter(":quit")
		require.Zero(t, p.wait())
	}
}
