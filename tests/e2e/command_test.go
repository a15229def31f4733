package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const smallYAML = `
id: small
name: Small
steps:
  - key: only
    title: The only step
    slots:
      - {name: amount, type: number, max: 12345678901234567890.5}
`

const smallerJSON = `{"id":"small","name":"Smaller","steps":[{"key":"only","title":"The only step"}]}`

func TestLoadReadsJSONAndYAML(t *testing.T) {
	dir := t.TempDir()
	file := write(t, dir, "small.yaml", smallYAML)
	out, stderr, status := procedo(t, dir, "load", file)
	require.Zero(t, status, stderr)
	require.Contains(t, out, "small version 1 loaded")
	out, _, _ = procedo(t, dir, "load", file)
	require.Contains(t, out, "small version 1 unchanged")
	out, _, _ = procedo(t, dir, "load", write(t, dir, "small.json", smallerJSON))
	require.Contains(t, out, "small version 2 loaded")
}

func TestLoadAndLintReadDirectories(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "defs", "deep"), 0o700))
	write(t, filepath.Join(dir, "defs"), "b.yaml", smallYAML)
	write(t, filepath.Join(dir, "defs", "deep"), "a.json",
		`{"id":"deep","name":"Deep","steps":[{"key":"only","title":"The only step"}]}`)
	write(t, filepath.Join(dir, "defs"), "notes.txt", "not a definition")
	out, stderr, status := procedo(t, dir, "lint", "defs")
	require.Zero(t, status, out+stderr)
	out, stderr, status = procedo(t, dir, "load", "defs")
	require.Zero(t, status, stderr)
	require.Contains(t, out, "small version 1 loaded")
	require.Contains(t, out, "deep version 1 loaded")
	require.NotContains(t, out, "notes")
	require.Contains(t, out, "1/2 defs/b.yaml: small version 1 loaded\n2/2 ")
	require.Contains(t, out, "2 loaded, 0 unchanged, 0 failed")
	empty := filepath.Join(dir, "defs", "empty")
	require.NoError(t, os.MkdirAll(empty, 0o700))
	for _, source := range []string{"nowhere", empty} {
		_, stderr, status = procedo(t, dir, "load", source)
		require.Equal(t, 1, status)
		require.NotEmpty(t, stderr)
	}
}

func TestLoadPrintsEveryFindingAndLoadsTheOtherFiles(t *testing.T) {
	dir := t.TempDir()
	out, stderr, status := procedo(t, dir, "load",
		write(t, dir, "bad.json", `{"name":"","steps":[{"key":"end","title":"t","when":"x"}]}`),
		write(t, dir, "small.yaml", smallYAML),
		write(t, dir, "broken.json", `{"a":1,"a":2}`))
	require.Equal(t, 1, status)
	require.Contains(t, out, "small version 1 loaded")
	for _, want := range []string{
		"/name", "definition.blank", "/steps/0/key", "definition.reserved", "/steps/0/when",
		"definition.condition_unknown", "a duplicate member",
	} {
		require.Contains(t, stderr, want)
	}
}

func TestTheDemoCommandCompletesARunOnATemporaryOrAGivenServer(t *testing.T) {
	dir := t.TempDir()
	for _, args := range [][]string{{"demo"}, {"demo", "--server", serve(t, t.TempDir()).url}} {
		out, stderr, status := procedo(t, dir, args...)
		require.Zero(t, status, out+stderr)
		for _, want := range []string{
			"✗ Alert: Invalid data.", "slots.severity: ", "✓ Validation: 1/5, in progress",
			"✓ Closure: 5/5, completed", "Trail of 21 events verified: 0 findings",
		} {
			require.Contains(t, out, want)
		}
	}
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, files, "no file is left behind")
}

func TestLintPrintsLineAndColumnInJSONAndYAML(t *testing.T) {
	dir := t.TempDir()
	valid := write(t, dir, "good.yaml", smallYAML)
	out, _, status := procedo(t, dir, "lint", valid)
	require.Zero(t, status, out)
	require.Contains(t, out, "good.yaml: 0 findings")

	json := write(t, dir, "bad.json", `{"name": "P",
 "steps": [
  {"key": "end",
   "title": "T", "colour": 1}]}`)
	yaml := write(t, dir, "bad.yaml", `name: P
steps:
  - key: end
    title: T
    slots:
      - name: x
        type: float
`)
	out, _, status = procedo(t, dir, "lint", json, yaml, valid)
	require.Equal(t, 1, status)
	for _, want := range []string{
		"bad.json:3:4: /steps/0/key: ", "bad.json:4:18: /steps/0/colour: ",
		"bad.yaml:3:5: /steps/0/key: ", "bad.yaml:7:9: /steps/0/slots/0/type: ", "good.yaml: 0 findings",
	} {
		require.Contains(t, out, want)
	}
	out, _, status = procedo(t, dir, "lint",
		write(t, dir, "twice.yaml", "name: P\nname: Q\n"),
		write(t, dir, "broken.json", "{\n \"a\": 1,\n \"a\": 2}"),
		write(t, dir, "no.yaml", "a: [\n"),
		write(t, dir, "old.json", "{\"name\":\"P\",\"steps\":[{\"key\":\"a\",\"title\":\"A\",\n\"id\":\"7\"}]}"))
	require.Equal(t, 1, status)
	require.Contains(t, out, "broken.json:3:2: ")
	require.Contains(t, out, "twice.yaml:1:1: ")
	require.Contains(t, out, "no.yaml:1:1: The YAML cannot be read: ")
	require.Contains(t, out, "old.json:2:1: warning: /steps/0/id: ")
}

func TestLoadReadsOlderFormatsAndWarnsOfDroppedMembers(t *testing.T) {
	dir := t.TempDir()
	file := write(t, dir, "old.json", `{"id":"old","name":"Old","version":"0.1","author":"x","steps":[
		{"key":"a","title":"A","slots":[],"transitions":{"next":"end"}}]}`)
	out, stderr, status := procedo(t, dir, "load", file)
	require.Zero(t, status, stderr)
	require.Contains(t, out, "old version 1 loaded")
	require.Contains(t, stderr, "warning: /author:")
	server := serve(t, t.TempDir())
	out, stderr, status = procedo(t, dir, "load", "--server", server.url, file)
	require.Zero(t, status, stderr)
	require.Contains(t, out, "old version 1 loaded")
	require.Contains(t, stderr, "warning: /author:")
}

func TestLoadWithAServer(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	file := write(t, dir, "small.yaml", smallYAML)
	out, stderr, status := procedo(t, t.TempDir(), "load", "--server", server.url, file)
	require.Zero(t, status, stderr)
	require.Contains(t, out, "small version 1 loaded")
	out, _, _ = procedo(t, dir, "load", "--server", server.url, file)
	require.Contains(t, out, "small version 1 unchanged")
	changed := write(t, dir, "changed.json", smallerJSON)
	out, _, _ = procedo(t, dir, "load", "--server", server.url, changed)
	require.Contains(t, out, "small version 2 loaded")
	invalid := write(t, dir, "bad.json", `{"name":"x","steps":[]}`)
	_, stderr, status = procedo(t, dir, "load", "--server", server.url, invalid)
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "definition.no_steps")
}

func TestMigrateUpDownAndUpAgain(t *testing.T) {
	for name, database := range databases(t) {
		t.Run(name, func(t *testing.T) {
			migrate := func(args ...string) (out, stderr string, status int) {
				return procedo(t, t.TempDir(), append(append([]string{"migrate"}, args...), database...)...)
			}
			out, stderr, status := migrate("status")
			require.Zero(t, status, stderr)
			require.Contains(t, out, "pending")
			out, _, _ = migrate("up")
			require.Contains(t, out, "applied")
			out, _, _ = migrate("up")
			require.Contains(t, out, "up to date")
			_, stderr, status = migrate("down")
			require.Equal(t, 1, status)
			require.Contains(t, stderr, "--yes")
			out, _, status = migrate("down", "--yes")
			require.Zero(t, status)
			require.Contains(t, out, "pending")
			out, _, _ = migrate("up")
			require.Contains(t, out, "applied")
		})
	}
}

func TestCommandsRefuseAPostgresDatabaseWithoutSchema(t *testing.T) {
	url := cluster.Blank(t)
	file := write(t, t.TempDir(), "small.yaml", smallYAML)
	_, stderr, status := procedo(t, t.TempDir(), "load", "--database-url", url, file)
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "procedo migrate up")
	_, stderr, status = procedo(t, t.TempDir(), "audit", "verify", "--database-url", url)
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "no schema")
	_, stderr, status = procedo(t, t.TempDir(), "migrate", "up",
		"--database-url", "postgres://u:geheim@127.0.0.1:1/x?connect_timeout=1")
	require.Equal(t, 1, status)
	require.NotContains(t, stderr, "geheim")
}

func TestHelpCompletionVersionAndUsageErrors(t *testing.T) {
	dir := t.TempDir()
	out, _, status := procedo(t, dir, "--help")
	require.Zero(t, status)
	require.Contains(t, out, "audit verify")
	out, _, status = procedo(t, dir, "completion", "bash")
	require.Zero(t, status)
	script := filepath.Join(dir, "completion.bash")
	require.NoError(t, os.WriteFile(script, []byte(out), 0o600))
	check, err := exec.CommandContext(t.Context(), "bash", "-n", script).CombinedOutput()
	require.NoError(t, err, "%s", check)
	require.Contains(t, out, "complete -o default -F _procedo procedo")
	out, _, status = procedo(t, dir, "__complete", "lo") // as the script does
	require.Zero(t, status)
	require.Contains(t, out, "load\t", "completions are printed and no command is run")
	out, _, _ = procedo(t, dir, "version")
	require.Regexp(t, `^procedo \S+`, out)
	_, stderr, status := procedo(t, dir, "serv")
	require.Equal(t, 2, status)
	require.Contains(t, stderr, "serv")
	_, stderr, status = procedo(t, dir, "serve", "--listen", "0.0.0.0:0")
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "--allow-anonymous")
	_, stderr, status = procedo(t, dir, "serve", "--database-url", "oracle:x")
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "sqlite:FILE")
}

func TestVerifyDoesNotCreateADatabase(t *testing.T) {
	dir := t.TempDir()
	_, stderr, status := procedo(t, dir, "audit", "verify", "--database-url", "sqlite:typo.db")
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "typo.db")
	_, err := os.Stat(filepath.Join(dir, "typo.db"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestHowManyMoreFindingsThereAreIsSaidInBothLanguages(t *testing.T) {
	dir := t.TempDir()
	var members strings.Builder
	for i := range 1256 {
		fmt.Fprintf(&members, `, "u%d": 1`, i)
	}
	write(t, dir, "many.json", `{"name": "P", "steps": [{"key": "a", "title": "T"}]`+members.String()+`}`)
	write(t, dir, "older.json",
		`{"format": "0.1", "id": "older", "name": "P", "steps": [{"key": "a", "title": "T"}]`+members.String()+`}`)
	for lang, want := range map[string][2]string{
		"C":           {"and 1,000 more findings", "and 1,000 more warnings"},
		"fr_FR.UTF-8": {"et 1\u202f000 autres anomalies", "et 1\u202f000 autres avertissements"},
	} {
		out, _, status := procedoIn(t, dir, lang, "lint", "many.json", "older.json")
		require.Equal(t, 1, status)
		require.Equal(t, 256, strings.Count(out, "(definition.unknown_member)"))
		require.Contains(t, out, want[0])
		require.Contains(t, out, want[1])
		_, stderr, status := procedoIn(t, dir, lang, "load", "many.json", "--database-url", "sqlite:x.db")
		require.Equal(t, 1, status)
		require.Contains(t, stderr, want[0])
	}
}
