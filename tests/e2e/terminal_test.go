package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/api/client"
)

// person is at a pseudo-terminal: they read what the program shows and type.
type person struct {
	t    *testing.T
	tty  *os.File
	cmd  *exec.Cmd
	mu   sync.Mutex
	more *sync.Cond
	seen bytes.Buffer // everything shown, escape sequences aside
	read int          // how much of it the person has taken in
	gone bool
}

var escapes = regexp.MustCompile(`\x1b\[[0-9;?]*[A-Za-z]|\r`)

// atTerminal runs a command with a person in front of it.
func atTerminal(t *testing.T, dir, lang string, args ...string) *person {
	t.Helper()
	require.NoError(t, lookAtSources())
	cmd := exec.Command(binary, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "LC_ALL=", "LC_MESSAGES=", "LANG="+lang, "TERM=xterm", "NO_COLOR=1")
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 50, Cols: 200})
	require.NoError(t, err)
	p := &person{t: t, tty: tty, cmd: cmd}
	p.more = sync.NewCond(&p.mu)
	go p.look()
	late := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	t.Cleanup(func() {
		late.Stop()
		_ = cmd.Process.Kill()
		_ = tty.Close()
	})
	return p
}

func (p *person) look() {
	buf := make([]byte, 4096)
	for {
		n, err := p.tty.Read(buf)
		p.mu.Lock()
		p.seen.Write(buf[:n])
		p.gone = err != nil
		p.more.Broadcast()
		p.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// sees waits until a text is shown, after what was seen before.
func (p *person) sees(text string) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		shown := escapes.ReplaceAllString(p.seen.String(), "")
		if i := strings.Index(shown[min(p.read, len(shown)):], text); i >= 0 {
			p.read += i + len(text)
			return
		}
		if p.gone {
			require.FailNow(p.t, "not shown", "%q; shown since the last: %s", text, shown[min(p.read, len(shown)):])
		}
		p.more.Wait()
	}
}

func (p *person) types(lines ...string) {
	p.t.Helper()
	for _, line := range lines {
		_, err := p.tty.WriteString(line + "\r")
		require.NoError(p.t, err)
	}
}

// leaves waits for the program's end.
func (p *person) leaves() (status int) {
	p.t.Helper()
	_ = p.cmd.Wait()
	return p.cmd.ProcessState.ExitCode()
}

// shown is everything that was shown, once the program has ended.
func (p *person) shown() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	for !p.gone {
		p.more.Wait()
	}
	return p.seen.String()
}

var runID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`)

func (p *person) run() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return runID.FindString(p.seen.String())
}

func TestAPersonWalksARunInTheTerminal(t *testing.T) {
	dir := t.TempDir()
	_, stderr, status := procedo(t, dir, "load", absolute(t, "../../docs/procedures/demo.json"))
	require.Zero(t, status, stderr)
	p := atTerminal(t, dir, "en_GB.UTF-8", "run", demo, "--actor", "claire")
	p.sees("Instant payments incident")
	p.sees("Step 1 of 6: Alert")
	p.sees("Incident number *")
	p.sees("INC- followed by six digits.")
	p.sees("> ")
	p.types("450123")
	p.sees("✗ This does not have the expected format: INC- followed by six digits.")
	p.types("", "INC-450123")
	p.sees("✗ A value is required.")
	p.sees("Detected at *")
	p.sees("No earlier than 1 January 2020, 00:00 (UTC).")
	p.types(":now")
	p.sees("Severity *")
	p.sees("2  High (high)")
	p.types("huge")
	p.sees("✗ This must be one of: Critical, High, Medium, Low.")
	p.types("h\t") // completed
	p.sees("On-call address")
	p.types(":back")
	p.sees("Severity *")
	p.sees("[High] > ")
	p.types("2", "")
	p.sees("Checklist")
	p.sees("1 [ ]* Alert acknowledged in monitoring")
	p.types("1 9")
	p.sees("✗ Type numbers from 1 to 3")
	p.types("1")
	p.sees("1 [x]* Alert acknowledged in monitoring")
	p.types("")
	p.sees("Commit this step?")
	p.types("perhaps", "y")
	p.sees("✗ Answer yes or no.")
	p.sees("✗ Invalid data.")
	p.sees("2 [ ]* On-call manager informed")
	p.sees("✗ This item must be ticked.")
	p.types("2", "", "")
	p.sees("✓ Alert")
	p.sees("Step 3 of 6: Diagnosis")
	p.sees("items ticked 2/")
	p.sees("Components affected *")
	p.types("gateway, 4")
	p.sees("Failed transfers *")
	p.types("12.5")
	p.sees("✗ ")
	p.types("1250")
	p.sees("Error rate")
	p.types(":quit")
	p.sees("To continue: procedo run --resume ")
	require.Zero(t, p.leaves())

	p = atTerminal(t, dir, "fr_FR.UTF-8", "run", "--resume", p.run(), "--actor", "claire")
	p.sees("Incident sur les paiements instantanés")
	p.sees("✓ Alerte")
	p.sees("Étape 3 sur 6\u00a0: Diagnostic")
	p.sees("[Passerelle, Réseau] > ")
	p.types("")
	p.sees("[1250] > ")
	p.types("")
	p.sees("Taux d’erreur (%) *")
	p.types("12,5")
	p.sees("IBAN d’un client touché")
	p.sees("Donnée sensible")
	p.types("FR7630006000011234567890189")
	p.sees("Cause probable *")
	p.types("Certificat", "expiré", ".")
	p.sees("Journaux mis de côté")
	p.types("tout", "", "o")
	p.sees("✓ Diagnostic")
	p.sees("Étape 4 sur 6")
	p.types("bascule") // the option's wording, letter case aside
	p.sees("CHG-XXXXXX")
	p.types("", "23/11/2026", ":maintenant", "1", "", "")
	p.sees("Étape 5 sur 6")
	p.types("oui")
	p.sees("[0,01] > ")
	p.types("", "", "1 2", "", "")
	p.sees("Étape 6 sur 6")
	p.types("Certificat renouvelé.", ".", "01 23 45 67 89", "2026-12-01", "1", "", "")
	p.sees("L’exécution est terminée")
	require.Zero(t, p.leaves())
	require.NotContains(t, p.shown(), "FR7630006", "what is sensitive is not echoed")

	out, _, status := procedo(t, dir, "audit", "verify")
	require.Zero(t, status, out)
}

func TestAPersonEndsARunWithAReason(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir, "--demo")
	p := atTerminal(t, dir, "en", "run", demo, "--server", server.url, "--actor", "claire")
	p.sees("Incident number *")
	p.types(":help")
	p.sees(":fail   ends the run, with a reason")
	p.types(":fail", "")
	p.sees("Why does the run end here?")
	p.types(":fail", "False alarm")
	p.sees("✗ The run is failed")
	require.Zero(t, p.leaves())
	run, err := server.client().GetRunWithResponse(t.Context(), p.run(), nil)
	require.NoError(t, err)
	require.Equal(t, "False alarm", run.JSON200.Failure.Reason)
	require.Equal(t, "claire", run.JSON200.Failure.By)
}

func TestWithoutATerminalARunTakesAScript(t *testing.T) {
	dir := t.TempDir()
	_, stderr, status := procedo(t, dir, "load", write(t, dir, "small.yaml", smallYAML))
	require.Zero(t, status, stderr)
	answers := write(t, dir, "answers.yaml", "- slots: {amount: 1e30}\n  refused: true\n- step: only\n  slots: {amount: 12345678901234567890}\n")
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
	for _, bad := range [][]string{{"run"}, {"run", "small", "--resume", "x"}, {"run", "nowhere", "--answers", wrong}, {"run", "small", "--answers", write(t, dir, "odd.json", `[{"slot":{}}]`)}} {
		_, stderr, status = procedo(t, dir, bad...)
		require.Equal(t, 1, status, bad)
		require.NotEmpty(t, stderr)
	}
}

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

func TestATerminalCopesWithWhatPeopleDo(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	_, stderr, status := procedo(t, dir, "load", "--server", server.url, write(t, dir, "odd.yaml", odd))
	require.Zero(t, status, stderr)
	p := atTerminal(t, dir, "en", "run", "odd", "--server", server.url, "--actor", "claire")
	p.sees("Odd \ufffd[31m") // what a definition says does not steer the terminal
	p.sees("secret *")
	p.types("PRIVATE1", "PRIVATE2", ".")
	p.sees("note")
	p.types(":back")
	p.sees("[••••] > ")
	p.types(":clear")
	p.sees("> ")
	p.types("")
	p.sees("✗ A value is required.")
	p.types("PRIVATE3", ".")
	p.sees("note")
	p.types("first", "::second", ":quit") // leaving in the middle keeps what was typed
	p.sees("To continue: procedo run --resume ")
	require.Zero(t, p.leaves())
	require.NotContains(t, p.shown(), "PRIVATE")

	run := p.run()
	p = atTerminal(t, dir, "en", "run", "--resume", run, "--server", server.url, "--actor", "claire")
	p.sees("[••••] > ")
	p.types("")
	p.sees("[first …] > ")
	p.types("")
	p.sees("-  3")
	p.sees("by name")
	p.types("1") // the option, not the first of the list
	p.sees("why *")
	p.types(":fail", ":quit")
	require.Zero(t, p.leaves())

	p = atTerminal(t, dir, "en", "run", "--resume", run, "--server", server.url, "--actor", "claire")
	p.types("", "")
	p.sees("[1] > ")
	p.types("", "because")
	p.sees("1 [ ]* Sure")
	p.types("1", "")
	p.sees("Commit this step?")
	other, err := server.client().SaveDraftWithResponse(t.Context(), run, "one", nil, client.StepDraft{Slots: values(t, `{"note":"THEIRS"}`)})
	require.NoError(t, err)
	require.Equal(t, 200, other.StatusCode())
	p.types("y")
	p.sees("✗ Run has changed.") // what was not seen is not signed
	p.types("")
	p.sees("[THEIRS] > ")
	p.types(":back")
	p.sees("secret *")
	p.types("", "", "2")
	p.sees("Commit this step?")
	p.types(":back")
	p.sees("pick *")
	p.types("", "y")
	p.sees("Step 1 of 2: One (visit 2)")
	p.sees("This step can be skipped")
	p.types(":skip", "")
	p.sees("> ")
	p.types(":skip", "seen twice")
	p.sees("Step 2 of 2: Two")
	p.sees("Commit this step?")
	p.types("y")
	p.sees("✓ The run is completed")
	require.Zero(t, p.leaves())
	out, _, status := procedo(t, dir, "audit", "verify", "--database-url", "sqlite:procedo.db")
	require.Zero(t, status, out)
}

func TestASignalEndsAWalkAndGivesTheTerminalBack(t *testing.T) {
	dir := t.TempDir()
	_, stderr, status := procedo(t, dir, "load", write(t, dir, "small.yaml", smallYAML))
	require.Zero(t, status, stderr)
	p := atTerminal(t, dir, "en", "run", "small")
	p.sees("amount *")
	require.NoError(t, p.cmd.Process.Signal(syscall.SIGTERM))
	require.Equal(t, 130, p.leaves())
}
