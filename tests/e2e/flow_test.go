package e2e

import (
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

const flowYAML = `
id: flow
name: Flow
steps:
  - key: first
    title: The first step
    slots:
      - {name: kind, type: enum, options: [plain, other]}
      - {name: detail, type: string, required: false, required_when: "kind == 'other'"}
      - {name: from, type: integer}
    checklist_items: [{key: seen, label: Seen, required: true}]
  - key: second
    title: The second step
    slots:
      - {name: why, type: string, required: false, required_when: "first.kind == 'other'"}
      - {name: note, type: string, required: false}
`

func loadFlow(t *testing.T, dir string, s *server) {
	t.Helper()
	_, stderr, status := procedo(t, dir, "load", "--server", s.url, write(t, dir, "flow.yaml", flowYAML))
	require.Zero(t, status, stderr)
}

func TestASlotIsMarkedAsRequiredWhileItsConditionHolds(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, dir)
	loadFlow(t, dir, s)
	p := startTerminal(t, dir, "en", "run", "flow", "--server", s.url, "--actor", "claire")
	p.waitFor("kind *")
	p.enter("plain")
	p.waitFor("detail\n  > ")
	p.enter("", ":back", ":back", "other")
	p.waitFor("kind *")
	p.waitFor("detail *")
	p.enter("")
	p.waitFor("✗ A value is required.")
	p.enter("x", "1", "1", "", "")
	p.waitFor("The second step")
	p.waitFor("why *") // its condition depends on a slot of the first step
	p.enter(":quit")
	require.Zero(t, p.wait())
}

func TestARefusedCommitKeepsTheAnswersAndAllowsGoingBack(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, dir)
	loadFlow(t, dir, s)
	p := startTerminal(t, dir, "en", "run", "flow", "--server", s.url, "--actor", "claire")
	p.waitFor("kind *")
	p.enter("plain", "", "7", "", "y")
	p.waitFor("✗ Invalid data. Correct the fields marked below. Your answers are kept.")
	p.waitFor("✗ This item must be ticked.")
	p.enter(":back")
	p.waitFor("from *")
	p.enter(":back")
	p.waitFor("detail")
	p.waitFor("> ")
	p.enter(":back")
	p.waitFor("kind *")
	p.waitFor("[plain] > ")
	p.enter(":back") // has no effect at the first question
	p.waitFor("[plain] > ")
	p.enter("") // continues with the field that has an issue
	p.waitFor("1 [ ]* Seen")
	p.enter("1", "", "y")
	p.waitFor("✓ The first step")
	p.enter(":quit")
	require.Zero(t, p.wait())
	require.NotContains(t, p.allOutput(), "Nothing was")
}

func TestTheTerminalWaitsWhileTheServerIsDown(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, dir)
	loadFlow(t, dir, s)
	p := startTerminal(t, dir, "en", "run", "flow", "--server", s.url, "--actor", "claire")
	p.waitFor("kind *")
	require.Zero(t, s.signal(syscall.SIGTERM))
	p.enter("plain")
	p.waitFor("The server does not answer (connection ") // lost or refused
	p.waitFor("Your answer is kept")
	s = serveAt(t, dir, strings.TrimPrefix(s.url, "http://"))
	p.waitFor("The server answers again.")
	p.waitFor("detail")
	p.waitFor("> ")
	p.enter("kept", "7", "1")
	p.waitFor("[x]* Seen")
	require.Zero(t, s.signal(syscall.SIGTERM))
	p.enter("", "y")
	p.waitFor("The server does not answer")
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGINT))
	p.waitFor("To continue: procedo run --resume ")
	require.Equal(t, 130, p.wait())

	answers := write(t, dir, "answers.json", "[]")
	out, stderr, status := procedo(t, dir, "run", "--resume", p.run(), "--server", s.url, "--answers", answers)
	require.Equal(t, 1, status, out)
	require.Equal(t, "procedo: The server "+s.url+" does not answer: connection refused.\n", stderr)
}

func TestThePrintedResumeCommandWorks(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, dir)
	loadFlow(t, dir, s)
	p := startTerminal(t, dir, "en", "run", "flow", "--server", s.url, "--actor", "Zoé d'Arc")
	p.waitFor("kind *")
	p.enter("plain", ":quit")
	p.waitFor("To continue: ")
	require.Zero(t, p.wait())
	_, hint, _ := strings.Cut(strings.TrimSpace(escapes.ReplaceAllString(p.allOutput(), "")), "To continue: procedo ")
	answers := write(t, dir, "rest.yaml", "[{slots: {from: 1}, checklist: [{key: seen, completed: true}]}, {}]")
	shell := exec.CommandContext(t.Context(), "bash", "-c", binary+" "+hint+" --answers "+answers)
	shell.Dir = t.TempDir()
	out, err := shell.CombinedOutput()
	require.NoError(t, err, string(out))
	run, err := s.client().GetRunWithResponse(t.Context(), p.run(), nil)
	require.NoError(t, err)
	require.Equal(t, "Zoé d'Arc", *run.JSON200.Steps[0].CommittedBy)
}

func TestLinesAreWrappedAtWords(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, dir)
	loadFlow(t, dir, s)
	p := startTerminalOfWidth(t, 40, dir, "en", "run", "flow", "--server", s.url, "--actor", "claire")
	p.waitFor("Enter keeps the value in brackets.\nCommands:")
	p.waitFor("> ")
	p.enter(":quit")
	require.Zero(t, p.wait())
}
