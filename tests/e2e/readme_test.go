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

// shellBlock returns the first code block of a page that is marked sh.
func shellBlock(t *testing.T, page string) string {
	t.Helper()
	data, err := os.ReadFile(page)
	require.NoError(t, err)
	block := regexp.MustCompile("(?s)```sh\n(.*?)```").FindSubmatch(data)
	require.NotNil(t, block)
	return string(block[1])
}

// TestTheWalkOfTheFirstStepsWorks runs the commands of the first steps in both languages. Each walk has a server of its
// own.
func TestTheWalkOfTheFirstStepsWorks(t *testing.T) {
	_, err := exec.LookPath("curl")
	require.NoError(t, err, "the example needs curl")
	walks := map[string]string{}
	for language, page := range map[string]string{"en": "../../docs/start.md", "fr": "../../docs/start.fr.md"} {
		walks[language] = regexp.MustCompile(`(?m)^#.*\n`).ReplaceAllString(shellBlock(t, page), "")
		t.Run(language, func(t *testing.T) { walk(t, shellBlock(t, page)) })
	}
	require.Equal(t, walks["en"], walks["fr"], "both languages have the same commands")
}

func walk(t *testing.T, commands string) {
	dir := t.TempDir()
	server := serve(t, dir, "--demo")
	script := strings.NewReplacer("http://127.0.0.1:8080", server.url, "go run ./cmd/procedo", binary).Replace(commands)
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

// TestPagesOfBothLanguagesHaveTheSameConsoleBlocks compares the commands of pages that show no output.
func TestPagesOfBothLanguagesHaveTheSameConsoleBlocks(t *testing.T) {
	blocks := func(file string) []string {
		return regexp.MustCompile("(?s)```console\n.*?```").FindAllString(string(contents(t, file)), -1)
	}
	require.Equal(t, blocks("../../README.md"), blocks("../../README.fr.md"))
	require.Len(t, blocks("../../README.md"), 2, "one command to start, another to test")
	require.Equal(t, blocks("../../docs/start.md"), blocks("../../docs/start.fr.md"))
}

// TestTheCommandsPageListsEveryCommand compares the page with the help of the program.
func TestTheCommandsPageListsEveryCommand(t *testing.T) {
	out, stderr, status := procedo(t, t.TempDir(), "--help")
	require.Zero(t, status, stderr)
	_, list, _ := strings.Cut(out, "Commands:\n")
	list, _, _ = strings.Cut(list, "\n\nFor more ")
	commands := regexp.MustCompile(`(?m)^  ([a-z]+(?: [a-z]+)?)  `).FindAllStringSubmatch(list, -1)
	require.Greater(t, len(commands), 15)
	for _, page := range []string{"../../docs/commands.md", "../../docs/commands.fr.md"} {
		text := strings.ReplaceAll(string(contents(t, page)), "up|down|status", "up procedo migrate down procedo migrate status")
		for _, c := range commands {
			require.Contains(t, text, "procedo "+c[1], page)
		}
	}
}
