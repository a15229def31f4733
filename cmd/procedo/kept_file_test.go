package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/verify"
)

// keptText makes two checkpoints, the second with a cosignature, and returns the file with them and the arguments.
func keptText(t *testing.T) (w *wired, args []string, text string) {
	t.Helper()
	w, args = signingDemo(t)
	file := filepath.Join(t.TempDir(), "kept.txt")
	args = append(args, "-o", file)
	status, out := inEnglish(t, args...)
	require.Equal(t, 0, status, out)
	startDemo(t.Context(), t, w)
	status, out = inEnglish(t, append(args, "--witness", serveWitness(t, testWitness, 0))...)
	require.Equal(t, 0, status, out)
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	return w, args, string(data)
}

func TestAKeptFileCanBeReadAfterANoteIsAddedToAnyBeginningOfIt(t *testing.T) {
	_, _, text := keptText(t)
	whole := audit.SplitNotes(text)
	require.Len(t, whole, 2)
	lines := strings.Split(text, "\n")
	for end := range len(text) + 1 {
		kept, err := readKept(t.Context(), writeFile(t, "kept", text[:end]))
		if err != nil {
			require.Contains(t, err.Error(), "nothing was written")
			continue
		}
		added := audit.SplitNotes(text[:end] + kept.missing + whole[1] + "\n")
		_, err = verify.KeptCheckpoints(added)
		require.NoError(t, err)
		require.Len(t, added, len(kept.notes)+1)
		require.Equal(t, whole[1], added[len(kept.notes)])
		for _, note := range added {
			for line := range strings.Lines(note) {
				require.Contains(t, lines, strings.TrimSuffix(line, "\n"), "no torn line is taken for a whole one")
			}
		}
	}
}

func TestNoCheckpointIsAddedAfterATornLine(t *testing.T) {
	w, args, text := keptText(t)
	file := args[len(args)-1]
	startDemo(t.Context(), t, w)
	for name, content := range map[string]string{
		"torn in a signature": text[:len(text)-30], "torn in the text": text + "example.com/pro",
		"a sink's lines": `{"type":"x"}` + "\n",
	} {
		require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
		status, out := inEnglish(t, args...)
		require.Equal(t, 1, status, name)
		require.Contains(t, out, file+": nothing was written, because the file does not consist of complete checkpoints")
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, content, string(data))
	}
	for name, content := range map[string]string{
		"no line break": strings.TrimRight(text, "\n"), "no empty line": strings.TrimSuffix(text, "\n"),
		"an editor's mark":       "\uFEFF" + text,
		"line breaks of Windows": strings.TrimRight(strings.ReplaceAll(text, "\n", "\r\n"), "\r\n"),
	} {
		require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
		startDemo(t.Context(), t, w)
		status, out := inEnglish(t, args...)
		require.Equal(t, 0, status, name, out)
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Len(t, audit.SplitNotes(string(data)), 3, name)
		require.True(t, strings.HasSuffix(string(data), "\n\n"))
		status, out = inEnglish(t, verifyArgs(args, "--checkpoint", file)...)
		require.Equal(t, 0, status, name, out)
	}
}
