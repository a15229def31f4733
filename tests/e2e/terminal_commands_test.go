package e2e

import (
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestASignalStopsTheRunCommand(t *testing.T) {
	dir := t.TempDir()
	_, stderr, status := procedo(t, dir, "load", write(t, dir, "small.yaml", smallYAML))
	require.Zero(t, status, stderr)
	p := startTerminal(t, dir, "en", "run", "small")
	p.waitFor("amount *")
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	require.Equal(t, 130, p.wait())
}

const amounts = `
id: amounts
name: Amounts
steps:
  - key: one
    title: One
    slots:
      - {name: amount, type: number, unit: CHF, decimals: 2}
      - {name: secret, type: string, sensitive: true}
  - {key: two, title: Two, skippable: true, slots: [{name: note, type: string}]}
  - {key: three, title: Three}
`

func TestSkipUnknownCommandsAndCtrlCInTheTerminal(t *testing.T) {
	dir := t.TempDir()
	_, stderr, status := procedo(t, dir, "load", write(t, dir, "amounts.yaml", amounts))
	require.Zero(t, status, stderr)
	p := startTerminal(t, dir, "en", "run", "amounts")
	p.waitFor("> ")
	p.enter(":skip") // refused without asking for a reason
	p.waitFor("✗ Step not skippable. The procedure does not allow this step to be skipped.")
	p.waitFor("> ")
	p.enter("CHF 1'250.50")
	p.waitFor("→ 1250.50")
	p.waitFor("secret *")
	p.enter(":PRIVATE") // the error must not repeat this text, which may be a secret value that begins with a colon
	p.waitFor("✗ Unknown command; :help shows the list.")
	p.enter("PRIVATE", "y")
	p.waitFor("Step 2 of 3: Two")
	p.waitFor("> ")
	p.enter(":skip", "not needed")
	p.waitFor("– Two: skipped")
	p.waitFor("Commit this step? [Y/n] > ")
	_, err := p.tty.WriteString("ye")
	require.NoError(t, err)
	p.waitFor("ye")
	_, err = p.tty.WriteString("\x03")
	require.NoError(t, err)
	p.waitFor("\n\nRun ") // below the prompt, which is not shown again
	require.Zero(t, p.wait())
	require.NotContains(t, p.allOutput(), "PRIVATE")

	run := p.run()
	p = startTerminal(t, dir, "en", "run", "--resume", run)
	p.waitFor("✓ One\n– Two: skipped\n")
	p.waitFor("Commit this step? [Y/n] > ")
	_, err = p.tty.WriteString("\x04")
	require.NoError(t, err)
	p.waitFor("\n\nRun ")
	require.Zero(t, p.wait())

	out, stderr, status := procedo(t, dir, "show", run)
	require.Zero(t, status, stderr)
	require.Contains(t, out, "  amount: 1,250.50 CHF\n")
}

func TestSimulateReadsTheAnswersOfARun(t *testing.T) {
	dir := t.TempDir()
	answers := `[{"slots":{"amount":1.005},"refused":true},{"slots":{"amount":1,"secret":"s"}},{"skip":"no"},
		{"step":"three"}]`
	out, stderr, status := procedo(t, dir, "lint", write(t, dir, "amounts.yaml", amounts),
		"--simulate", write(t, dir, "answers.json", answers))
	require.Zero(t, status, stderr)
	require.Contains(t, out, "→ one: committed\n→ two: skipped\n→ three: committed\n= end\n")
	wrong := write(t, dir, "wrong.json", `[{"step":"four"}]`)
	_, stderr, status = procedo(t, dir, "lint", "amounts.yaml", "--simulate", wrong)
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "four")
}
