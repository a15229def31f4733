package e2e

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRunWithoutAnArgumentListsProceduresAndRuns(t *testing.T) {
	dir := t.TempDir()
	p := startTerminal(t, dir, "en", "run")
	p.waitFor("There is no procedure yet. To load one: procedo load FILE")
	require.Equal(t, 1, p.wait())
	flow, small := write(t, dir, "flow.yaml", flowYAML), write(t, dir, "small.yaml", smallYAML)
	_, stderr, status := procedo(t, dir, "load", flow, small)
	require.Zero(t, status, stderr)
	p = startTerminal(t, dir, "fr", "run", "--actor", "claire")
	p.waitFor("Procédures à démarrer")
	p.waitFor("1  Flow (flow, version 1)")
	p.waitFor("2  Small (small, version 1)")
	p.waitFor("Entrée pour quitter) > ")
	p.enter("3")
	p.waitFor("Saisissez un numéro de 1 à 2.")
	p.enter("2")
	p.waitFor("Étape 1 sur 1\u00a0: The only step")
	p.enter(":quitter")
	p.waitFor("Pour continuer")
	require.Zero(t, p.wait())
	run := p.run()

	p = startTerminal(t, dir, "en", "run", "--actor", "claire")
	p.waitFor("Runs to continue")
	p.waitFor("3  " + run + "  Small, pending, step “The only step”, started on ")
	p.enter("3")
	p.waitFor("Step 1 of 1: The only step")
	p.enter("7", "y")
	p.waitFor("✓ The run is completed")
	require.Zero(t, p.wait())
	p = startTerminal(t, dir, "en", "run")
	p.waitFor("Enter to leave) > ")
	p.enter("")
	require.Zero(t, p.wait())

	out, stderr, status := procedo(t, dir, "run")
	require.Equal(t, 1, status)
	require.Contains(t, out, "Flow (flow, version 1)")
	require.Contains(t, stderr, "Give the id of a procedure")
}

func TestListAndShowUseWordsAndLabels(t *testing.T) {
	dir := t.TempDir()
	_, stderr, status := procedo(t, dir, "load", absolute(t, "../../docs/procedures/demo.json"))
	require.Zero(t, status, stderr)
	answers := write(t, dir, "answers.json", `[{"slots":`+demoSteps[0].slots+`,"checklist":[
		{"key":"acknowledged","completed":true},{"key":"on_call_informed","completed":true}]},
		{"slots":`+demoSteps[1].slots+`,"checklist":[{"key":"logs_saved","completed":true}]}]`)
	out, stderr, status := procedo(t, dir, "run", demo, "--answers", answers, "--actor", "claire", "--reference", "R-1")
	require.Zero(t, status, stderr)
	run := runID.FindString(out)
	out, stderr, status = procedo(t, dir, "list")
	require.Zero(t, status, stderr)
	require.Contains(t, out, "  Incident sur les paiements instantanés ("+demo+", version 1)\n")
	require.Contains(t, out, run+"  Incident sur les paiements instantanés, in progress, step “")
	require.Contains(t, out, " for claire, reference R-1\n")

	cmd := exec.CommandContext(t.Context(), binary, "show", run)
	cmd.Dir, cmd.Env = dir, append(cmd.Environ(), "LC_ALL=fr_FR.UTF-8", "TZ=Europe/Paris")
	shown, err := cmd.Output()
	require.NoError(t, err)
	text := string(shown)
	for _, want := range []string{
		"Incident sur les paiements instantanés (" + demo + ", version 1)", " pour claire, référence R-1\n",
		"Étape 1 sur 6\u00a0: Alerte — validée le ", " par system:claire\n",
		"23/11/2026 à 09:30 (UTC+01:00)", "\u00a0: 12,50\n", "\u00a0: 1\u202f250\n", "\u00a0: ••••\n", "  [x] ",
		"— sans objet\n", "— ouverte\n", "— verrouillée\n",
		"Pour continuer\u00a0: procedo run --resume " + run + "\n",
	} {
		require.Contains(t, text, want)
	}
	for _, no := range []string{
		"FR7630006", "in_progress", "incident_id", "logs_saved", "failed_transfers", "not_applicable",
	} {
		require.NotContains(t, text, no)
	}
	_, stderr, status = procedo(t, dir, "show", "nowhere")
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "No run has this id.")
	_, _, status = procedo(t, t.TempDir(), "list", "--database-url", "sqlite:none.db")
	require.Equal(t, 1, status, "no database is created")
}
