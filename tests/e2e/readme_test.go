package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// shellBlock returns the first code block of a README that is marked sh.
func shellBlock(t *testing.T, readme string) string {
	t.Helper()
	data, err := os.ReadFile(readme)
	require.NoError(t, err)
	block := regexp.MustCompile("(?s)```sh\n(.*?)```").FindSubmatch(data)
	require.NotNil(t, block)
	return string(block[1])
}

func TestTheCommandsOfTheREADMEWork(t *testing.T) {
	_, err := exec.LookPath("curl")
	require.NoError(t, err, "the example needs curl")
	dir := t.TempDir()
	server := serve(t, dir, "--demo")
	script := strings.NewReplacer("http://127.0.0.1:8080", server.url, "go run ./cmd/procedo", binary).
		Replace(shellBlock(t, "../../README.md"))
	require.Contains(t, script, server.url)
	cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", script)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	text := string(out)
	require.Contains(t, text, "Données invalides")
	require.Equal(t, 1, strings.Count(text, `"type":"/problems/`), "only the refusal of the example: %s", text)
	require.Contains(t, text, `"state":"completed"`)
	require.Contains(t, text, `"error_rate":12.5`)
	require.NotContains(t, text, "FR7630006000011234567890189")
	require.Contains(t, text, "0 procedures, 1 run, 17 events checked: 0 findings")
	require.FileExists(t, filepath.Join(dir, "bundle.json"))
}

func TestBothREADMEsHaveTheSameCommands(t *testing.T) {
	commands := func(file string) []string {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		return regexp.MustCompile("(?s)```console\n.*?```").FindAllString(string(data), -1)
	}
	require.Equal(t, commands("../../README.md"), commands("../../README.fr.md"))
}
