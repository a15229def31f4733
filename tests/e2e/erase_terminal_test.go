package e2e

import (
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// eraseDirectory returns a directory with a database, and the demo's run with its first two steps committed.
func eraseDirectory(t *testing.T) (dir, id string) {
	t.Helper()
	dir = t.TempDir()
	server := serve(t, dir, "--demo")
	id = server.startRun(demo)
	for i := range 2 {
		server.commitDemoStep(id, i)
	}
	server.signal(syscall.SIGTERM)
	return dir, id
}

func TestAnErasureIsConfirmedTwiceInTheTerminal(t *testing.T) {
	dir, id := eraseDirectory(t)
	erase := []string{"audit", "erase", "--run", id, "--slot", "diagnosis.cause", "--reason", "Asked for"}
	for _, answers := range [][]string{{"n"}, {""}, {"y", "n"}, {"perhaps"}} {
		p := startTerminal(t, dir, "en", erase...)
		p.waitFor("slot diagnosis.cause, visit 1")
		p.waitFor("/slots/cause")
		p.waitFor("Erase 1 value and 1 place in the trail? [y/N] ")
		p.enter(answers[0])
		if len(answers) > 1 {
			p.waitFor("An erasure cannot be undone. Erase for good? [y/N] ")
			p.enter(answers[1])
		}
		p.waitFor("Nothing was erased.")
		require.Equal(t, 1, p.wait())
	}
	p := startTerminal(t, dir, "fr_FR.UTF-8", erase...)
	p.waitFor("champ diagnosis.cause, visite 1")
	p.waitFor("Effacer 1 valeur et 1 emplacement du journal\u202f? [o/N] ")
	p.enter("o")
	p.waitFor("Un effacement est irréversible. Effacer définitivement\u202f? [o/N] ")
	p.enter("oui")
	p.waitFor("effacement de 1 valeur et de 1 emplacement du journal\u202f; le journal se termine désormais à l’événement")
	require.Zero(t, p.wait())
	out, stderr, status := procedo(t, dir, append(erase, "--yes")...)
	require.Zero(t, status, stderr)
	require.Contains(t, out, "already erased; nothing has changed")
}

// Ctrl-C, Ctrl-D and SIGTERM leave a question at once, and do not leave the shell's prompt behind it.
func TestAnErasureIsLeftAtEitherQuestion(t *testing.T) {
	dir, id := eraseDirectory(t)
	erase := []string{"audit", "erase", "--run", id, "--slot", "diagnosis.cause", "--reason", "Asked for"}
	for _, answers := range [][]string{nil, {"y"}} {
		for name, leave := range map[string]func(*terminal) error{
			"Ctrl-C":  func(p *terminal) error { _, err := p.tty.WriteString("\x03"); return err },
			"Ctrl-D":  func(p *terminal) error { _, err := p.tty.WriteString("\x04"); return err },
			"SIGTERM": func(p *terminal) error { return p.cmd.Process.Signal(syscall.SIGTERM) },
		} {
			p := startTerminal(t, dir, "en", erase...)
			p.waitFor("Erase 1 value and 1 place in the trail? [y/N] ")
			if p.enter(answers...); len(answers) > 0 {
				p.waitFor("An erasure cannot be undone. Erase for good? [y/N] ")
			}
			require.NoError(t, leave(p))
			p.waitFor("\nprocedo: Nothing was erased.\n")
			require.Equal(t, map[bool]int{true: 1, false: 130}[name == "Ctrl-D"], p.wait(), name)
		}
	}
	out, stderr, status := procedo(t, dir, "audit", "verify")
	require.Zero(t, status, "%s%s", out, stderr)
	require.NotContains(t, out, "erased")
}

func TestTheChoiceOfARunIsLeftOnASignal(t *testing.T) {
	dir, _ := eraseDirectory(t)
	p := startTerminal(t, dir, "en", "run")
	p.waitFor("Which")
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	require.Equal(t, 130, p.wait())
	require.True(t, strings.HasSuffix(p.allOutput(), "\n"))
}

func TestWithoutATerminalAnErasureNeedsYes(t *testing.T) {
	dir, id := eraseDirectory(t)
	erase := []string{"audit", "erase", "--run", id, "--reason", "Asked for"}
	for _, c := range []struct {
		flags  []string
		status int
		en, fr string
	}{
		{
			[]string{"--slot", "cause"}, 1, "An erasure cannot be undone; confirm it with --yes.",
			"Un effacement est irréversible\u202f; confirmez avec --yes.",
		},
		{
			nil, 1, "Say what to erase: --slot, or --event with --place.",
			"Indiquez ce qu’il faut effacer\u00a0: --slot, ou --event avec --place.",
		},
		{
			[]string{"--event", "1"}, 1, "Say what to erase: --slot, or --event with --place.",
			"Indiquez ce qu’il faut effacer\u00a0: --slot, ou --event avec --place.",
		},
		{
			[]string{"--slot", "nothing"}, 1,
			"No step of the procedure has a slot nothing. Name it as STEP.NAME, or as NAME if only one step has such a slot.",
			"Aucune étape de la procédure ne comporte de champ nothing. Indiquez-le sous la forme ÉTAPE.NOM, ou NOM si une " +
				"seule étape comporte un tel champ.",
		},
		{[]string{"--slot", "diagnosis.nothing"}, 1, "There is nothing to erase here.", "Il n’y a rien à effacer ici."},
		{
			[]string{"--event", "1", "--place", "/user_id", "--place", "/request_id", "--yes"},
			0, // the next event has the same request id
			"erased 1 value and 3 places in the trail;", "déjà effacé, aucun changement",
		},
		{
			[]string{"--slot", "cause", "--yes", "--cache-url", "valkey://127.0.0.1:1"}, 0,
			"A shared cache could not be reached.", "Un cache partagé est injoignable.",
		},
	} {
		t.Run(strings.Join(c.flags, " "), func(t *testing.T) {
			args := append(erase[:len(erase):len(erase)], c.flags...)
			for lang, want := range map[string]string{"en": c.en, "fr_FR.UTF-8": c.fr} {
				if lang != "en" && c.status == 0 && c.en != "A shared cache could not be reached." {
					continue // in the second language, nothing is left to erase
				}
				out, stderr, status := procedoIn(t, dir, lang, args...)
				require.Equal(t, c.status, status, "%s%s", out, stderr)
				require.Contains(t, out+stderr, want)
			}
		})
	}
	out, stderr, status := procedo(t, dir, "audit", "verify")
	require.Zero(t, status, "%s%s", out, stderr)
	require.Contains(t, out, "4 texts were erased")
}

func TestWithholdAPartOfABundle(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir, "--demo")
	id := server.startRun(demo)
	for i := range 2 {
		server.commitDemoStep(id, i)
	}
	bundle, err := server.client().GetRunBundleWithResponse(t.Context(), id, nil)
	require.NoError(t, err)
	file := write(t, dir, "bundle.json", string(bundle.Body))
	cause := "slots.diagnosis.cause"

	out, stderr, status := procedo(t, dir, "audit", "withhold", file, "--withhold", cause, "--withhold", "user_id", "-o", "part.json")
	require.Zero(t, status, stderr)
	require.Contains(t, out, "2 texts are withheld: event 1 /user_id, event ")
	require.Contains(t, out, " /slots/cause")
	for lang, want := range map[string]string{
		"en": "2 texts are withheld: event 1 /user_id, ", "fr_FR.UTF-8": "2 textes sont occultés\u00a0: événement 1 /user_id, ",
	} {
		out, stderr, status = procedoIn(t, dir, lang, "audit", "verify", "part.json")
		require.Zero(t, status, "%s%s", out, stderr)
		require.Contains(t, out, want)
	}
	one, stderr, status := procedo(t, dir, "audit", "withhold", file, "--withhold", cause)
	require.Zero(t, status, stderr)
	write(t, dir, "one.json", one)
	out, _, status = procedo(t, dir, "audit", "verify", "one.json")
	require.Zero(t, status, out)
	require.Contains(t, out, "1 text is withheld: event ")

	_, stderr, status = procedo(t, dir, "audit", "withhold", file, "--withhold", cause, "-o", "part.json")
	require.Equal(t, 1, status, "an existing file is not overwritten")
	require.Contains(t, stderr, "part.json")
	_, stderr, status = procedo(t, dir, "audit", "withhold", file, "--withhold", "words")
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "--withhold words selects nothing")
	require.Contains(t, stderr, "Allowed: slots, inputs, reasons, ")
	require.NotContains(t, stderr, "request")
	_, stderr, status = procedoIn(t, dir, "fr", "audit", "withhold", file, "--withhold", "user_id", "--withhold", "noms")
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "--withhold noms\u00a0» ne désigne rien")
	require.NotContains(t, stderr, "requête")
	forged := write(t, dir, "forged.json", strings.Replace(string(bundle.Body), `"hash":"`, `"hash":"0`, 1))
	_, stderr, status = procedoIn(t, dir, "fr", "audit", "withhold", forged, "--withhold", "slots")
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "la preuve présente ")
}
