package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/api/client"
)

// terminal is a pseudo-terminal in which the program runs.
type terminal struct {
	t       *testing.T
	tty     *os.File
	cmd     *exec.Cmd
	mu      sync.Mutex
	changed *sync.Cond
	output  bytes.Buffer // everything that the program has printed
	read    int          // length of the output up to the last match of waitFor, without escape sequences
	ended   bool
}

var escapes = regexp.MustCompile(`\x1b\[[0-9;?]*[A-Za-z]|\r`)

// startTerminal starts the program in a wide pseudo-terminal. LANG is set to lang.
func startTerminal(t *testing.T, dir, lang string, args ...string) *terminal {
	t.Helper()
	return startTerminalOfWidth(t, 200, dir, lang, args...)
}

// startTerminalOfWidth starts the program in a pseudo-terminal with the given number of columns.
func startTerminalOfWidth(t *testing.T, columns uint16, dir, lang string, args ...string) *terminal {
	t.Helper()
	require.NoError(t, statSources())
	cmd := exec.Command(binary, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LC_ALL=", "LC_MESSAGES=", "LANG="+lang, "TERM=xterm", "NO_COLOR=1")
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 50, Cols: columns})
	require.NoError(t, err)
	p := &terminal{t: t, tty: tty, cmd: cmd}
	p.changed = sync.NewCond(&p.mu)
	go p.readOutput()
	timeout := time.AfterFunc(waitAtMost, func() { _ = cmd.Process.Kill() })
	t.Cleanup(func() {
		timeout.Stop()
		_ = cmd.Process.Kill()
		_ = tty.Close()
	})
	return p
}

// readOutput reads the output until the program ends.
func (p *terminal) readOutput() {
	buf := make([]byte, 4096)
	for {
		n, err := p.tty.Read(buf)
		p.mu.Lock()
		p.output.Write(buf[:n])
		p.ended = err != nil
		p.changed.Broadcast()
		p.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// waitFor waits until the program has printed a text. Output up to the match of the previous call is ignored.
func (p *terminal) waitFor(text string) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		printed := escapes.ReplaceAllString(p.output.String(), "")
		unread := printed[min(p.read, len(printed)):]
		if i := strings.Index(unread, text); i >= 0 {
			p.read += i + len(text)
			return
		}
		if p.ended {
			require.FailNow(p.t, "not printed", "%q; printed since the last text: %s", text, unread)
		}
		p.changed.Wait()
	}
}

// enter types lines, each followed by the Enter key.
func (p *terminal) enter(lines ...string) {
	p.t.Helper()
	for _, line := range lines {
		_, err := p.tty.WriteString(line + "\r")
		require.NoError(p.t, err)
	}
}

// wait waits for the end of the program and returns its exit status.
func (p *terminal) wait() (status int) {
	p.t.Helper()
	_ = p.cmd.Wait()
	return p.cmd.ProcessState.ExitCode()
}

// allOutput waits for the end of the program and returns everything that it has printed.
func (p *terminal) allOutput() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	for !p.ended {
		p.changed.Wait()
	}
	return p.output.String()
}

var runID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`)

// run returns the first run id that the program has printed.
func (p *terminal) run() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return runID.FindString(p.output.String())
}

func TestARunIsCompletedInTheTerminal(t *testing.T) {
	dir := t.TempDir()
	_, stderr, status := procedo(t, dir, "load", absolute(t, "../../docs/procedures/demo.json"))
	require.Zero(t, status, stderr)
	p := startTerminal(t, dir, "en_GB.UTF-8", "run", demo, "--actor", "claire")
	p.waitFor("Instant payments incident")
	p.waitFor("Step 1 of 6: Alert")
	p.waitFor("Incident number *")
	p.waitFor("INC- followed by six digits.")
	p.waitFor("> ")
	p.enter("450123")
	p.waitFor("✗ This does not have the expected format: INC- followed by six digits.")
	p.enter("", "INC-450123")
	p.waitFor("✗ A value is required.")
	p.waitFor("Detected at *")
	p.waitFor("No earlier than 1 January 2020, 00:00 (UTC).")
	p.enter(":now")
	p.waitFor("Severity *")
	p.waitFor("2  High (high)")
	p.enter("huge")
	p.waitFor("✗ This must be one of: Critical, High, Medium, Low.")
	p.enter("h\t") // completes to "high"
	p.waitFor("On-call address")
	p.enter(":back")
	p.waitFor("Severity *")
	p.waitFor("[High] > ")
	p.enter("2", "")
	p.waitFor("Checklist")
	p.waitFor("1 [ ]* Alert acknowledged in monitoring")
	p.enter("1 9")
	p.waitFor("✗ Type numbers from 1 to 3")
	p.enter("1")
	p.waitFor("1 [x]* Alert acknowledged in monitoring")
	p.enter("")
	p.waitFor("Commit this step?")
	p.enter("perhaps", "y")
	p.waitFor("✗ Answer yes or no.")
	p.waitFor("✗ Invalid data.")
	p.waitFor("2 [ ]* On-call manager informed")
	p.waitFor("✗ This item must be ticked.")
	p.enter("2", "", "")
	p.waitFor("✓ Alert")
	p.waitFor("Step 3 of 6: Diagnosis")
	p.waitFor("items ticked 2/")
	p.waitFor("Components affected *")
	p.enter("gateway, 4")
	p.waitFor("Failed transfers *")
	p.enter("12.5")
	p.waitFor("✗ ")
	p.enter("1250")
	p.waitFor("Error rate")
	p.enter(":quit")
	p.waitFor("To continue: procedo run --resume ")
	require.Zero(t, p.wait())

	p = startTerminal(t, dir, "fr_FR.UTF-8", "run", "--resume", p.run(), "--actor", "claire")
	p.waitFor("Incident sur les paiements instantanés")
	p.waitFor("✓ Alerte")
	p.waitFor("Étape 3 sur 6\u00a0: Diagnostic")
	p.waitFor("[Passerelle, Réseau] > ")
	p.enter("")
	p.waitFor("[1250] > ")
	p.enter("")
	p.waitFor("Taux d’erreur (%) *")
	p.enter("12,5")
	p.waitFor("IBAN d’un client touché")
	p.waitFor("Donnée sensible")
	p.enter("FR7630006000011234567890189")
	p.waitFor("Cause probable *")
	p.enter("Certificat", "expiré", ".")
	p.waitFor("Journaux mis de côté")
	p.enter("tout", "", "o")
	p.waitFor("✓ Diagnostic")
	p.waitFor("Étape 4 sur 6")
	p.enter("bascule") // the text of the option, in another letter case
	p.waitFor("CHG-XXXXXX")
	p.enter("", "23/11/2026", ":maintenant", "1", "", "")
	p.waitFor("Étape 5 sur 6")
	p.enter("oui")
	p.waitFor("[0,01] > ")
	p.enter("", "", "1 2", "", "")
	p.waitFor("Étape 6 sur 6")
	p.enter("Certificat renouvelé.", ".", "01 23 45 67 89", "2026-12-01", "1", "", "")
	p.waitFor("L’exécution est terminée")
	require.Zero(t, p.wait())
	require.NotContains(t, p.allOutput(), "FR7630006", "sensitive input is not echoed")

	out, _, status := procedo(t, dir, "audit", "verify")
	require.Zero(t, status, out)
}

func TestARunIsFailedInTheTerminal(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir, "--demo")
	p := startTerminal(t, dir, "en", "run", demo, "--server", server.url, "--actor", "claire")
	p.waitFor("Incident number *")
	p.enter(":help")
	p.waitFor(":fail   ends the run, with a reason")
	p.enter(":fail", "")
	p.waitFor("End it? [y/N] > ")
	p.waitFor("> ")
	p.enter(":fail", "y", "")
	p.waitFor("Why does the run end here?")
	p.waitFor("> ")
	p.enter(":fail", "yes", "False alarm")
	p.waitFor("✗ The run is failed")
	require.Zero(t, p.wait())
	run, err := server.client().GetRunWithResponse(t.Context(), p.run(), nil)
	require.NoError(t, err)
	require.Equal(t, "False alarm", *run.JSON200.Failure.Reason)
	require.Equal(t, "claire", run.JSON200.Failure.By)
}

func TestARunWithAnswersFromAFile(t *testing.T) {
	dir := t.TempDir()
	_, stderr, status := procedo(t, dir, "load", write(t, dir, "small.yaml", smallYAML))
	require.Zero(t, status, stderr)
	answers := write(t, dir, "answers.yaml", `
- slots: {amount: 1e30}
  refused: true
- step: only
  slots: {amount: 12345678901234567890}
`)
	out, stderr, status := procedo(t, dir, "run", "small", "--answers", answers)
	require.Zero(t, status, stderr)
	require.Contains(t, out, "✗ The only step: Invalid data.")
	require.Contains(t, out, "✓ The only step: 1/1, completed")
	require.Regexp(t, `Run \S+ is completed.`, out)

	wrong := write(t, dir, "wrong.json", `[{"slots":{"amount":"x"}}]`)
	out, stderr, status = procedo(t, dir, "run", "small", "--answers", wrong)
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "slots.amount: ")
	resume := regexp.MustCompile(`--resume (\S+)`).FindStringSubmatch(out)
	require.NotNil(t, resume, out)
	cmd := exec.Command(binary, "run", "--resume", resume[1])
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(`[{"slots":{"amount":7}}]`)
	piped, err := cmd.CombinedOutput()
	require.NoError(t, err, string(piped))
	require.Contains(t, string(piped), "completed")
	for _, args := range [][]string{
		{"run"},
		{"run", "small", "--resume", "x"},
		{"run", "nowhere", "--answers", wrong},
		{"run", "small", "--answers", write(t, dir, "odd.json", `[{"slot":{}}]`)},
	} {
		_, stderr, status = procedo(t, dir, args...)
		require.Equal(t, 1, status, args)
		require.NotEmpty(t, stderr)
	}
}

// absolute returns the absolute path of a file, given its path relative to this directory.
func absolute(t *testing.T, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	require.NoError(t, err)
	return dir + "/" + name
}

const odd = `
id: odd
name: "Odd \u001b[31m"
steps:
  - key: one
    title: One
    skippable: true
    slots:
      - {name: secret, type: text, sensitive: true}
      - {name: note, type: text, required: false}
      - {name: pick, type: enum, options: ["3", "2", "1"]}
      - {name: why, type: string, when: "pick == '1'"}
    checklist_items: [{key: sure, label: Sure, required: true, when: "pick == '1'"}]
    transitions: [{when: "has(pick) && pick == '2'", to: one}]
  - {key: two, title: Two, skippable: true}
`

func TestCorrectionsConflictsAndRevisitsInTheTerminal(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	_, stderr, status := procedo(t, dir, "load", "--server", server.url, write(t, dir, "odd.yaml", odd))
	require.Zero(t, status, stderr)
	p := startTerminal(t, dir, "en", "run", "odd", "--server", server.url, "--actor", "claire")
	p.waitFor(`Odd \u001b[31m`) // escape sequences in a definition are not printed
	p.waitFor("secret *")
	p.enter("PRIVATE1", "PRIVATE2", ".")
	p.waitFor("note")
	p.enter(":back")
	p.waitFor("[••••] > ")
	p.enter(":clear")
	p.waitFor("> ")
	p.enter("")
	p.waitFor("✗ A value is required.")
	p.enter("PRIVATE3", ".")
	p.waitFor("note")
	p.enter("first", "::second", ":quit") // the lines typed so far are saved
	p.waitFor("To continue: procedo run --resume ")
	require.Zero(t, p.wait())
	require.NotContains(t, p.allOutput(), "PRIVATE")

	run := p.run()
	p = startTerminal(t, dir, "en", "run", "--resume", run, "--server", server.url, "--actor", "claire")
	p.waitFor("[••••] > ")
	p.enter("")
	p.waitFor("[first …] > ")
	p.enter("")
	p.waitFor("-  3")
	p.waitFor("by name")
	p.enter("1") // selects the option with the value 1, not the first option
	p.waitFor("why *")
	p.enter(":fail", ":quit")
	require.Zero(t, p.wait())

	p = startTerminal(t, dir, "en", "run", "--resume", run, "--server", server.url, "--actor", "claire")
	p.enter("", "")
	p.waitFor("[1] > ")
	p.enter("", "because")
	p.waitFor("1 [ ]* Sure")
	p.enter("1", "")
	p.waitFor("Commit this step?")
	draft := client.StepDraft{Slots: values(t, `{"note":"THEIRS"}`)}
	other, err := server.client().SaveDraftWithResponse(t.Context(), run, "one", nil, draft)
	require.NoError(t, err)
	require.Equal(t, 200, other.StatusCode())
	p.enter("y")
	p.waitFor("✗ Run has changed.") // the user must see the other client's draft before the commit
	p.enter("")
	p.waitFor("[THEIRS] > ")
	p.enter(":back")
	p.waitFor("secret *")
	p.enter("", "", "2")
	p.waitFor("Commit this step?")
	p.enter(":back")
	p.waitFor("pick *")
	p.enter("", "y")
	p.waitFor("Step 1 of 2: One (visit 2)")
	p.waitFor("This step can be skipped")
	p.enter(":skip", "")
	p.waitFor("> ")
	p.enter(":skip", "seen twice")
	p.waitFor("Step 2 of 2: Two")
	p.waitFor("Commit this step?")
	p.enter("y")
	p.waitFor("✓ The run is completed")
	require.Zero(t, p.wait())
	out, _, status := procedo(t, dir, "audit", "verify", "--database-url", "sqlite:procedo.db")
	require.Zero(t, status, out)
}
