package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

const iban = "FR7630006000011234567890189"

func TestEraseASensitiveValueAndVerifyTheTrail(t *testing.T) {
	for name, flags := range deployments(t) {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			server := serve(t, dir, append([]string{"--demo"}, flags...)...)
			id := server.startRun(demo)
			for i := range 2 {
				server.commitDemoStep(id, i)
			}
			erase := func(t *testing.T, args ...string) (out, stderr string, status int) {
				t.Helper()
				args = append([]string{"audit", "erase", "--run", id}, args...)
				return procedo(t, dir, append(args, databaseFlags(flags)...)...)
			}
			for slot, want := range map[string]string{
				"cause":                 "No step of the procedure has a sensitive slot",
				"diagnosis.cause":       "not sensitive",
				"diagnosis.nothing":     "no such slot",
				"nowhere.affected_iban": "no such step",
			} {
				t.Run("refused: "+slot, func(t *testing.T) {
					_, stderr, status := erase(t, "--slot", slot)
					require.Equal(t, 1, status)
					require.Contains(t, stderr, want)
				})
			}
			_, stderr, status := erase(t, "--slot", "affected_iban", "--visit", "2")
			require.Equal(t, 1, status)
			require.Contains(t, stderr, "No value was given")
			out, stderr, status := erase(t, "--slot", "affected_iban", "--reason", "Asked for by the customer")
			require.Zero(t, status, stderr)
			require.Contains(t, out, "1 value erased")
			out, _, status = erase(t, "--slot", "diagnosis.affected_iban")
			require.Zero(t, status)
			require.Contains(t, out, "already erased")

			events, err := server.client().ListRunEventsWithResponse(t.Context(), id, nil)
			require.NoError(t, err)
			require.Contains(t, string(events.Body), "step.value_erased")
			require.Contains(t, string(events.Body), "Asked for by the customer")
			server.commitDemoStep(id, 2)
			bundle, err := server.client().GetRunBundleWithResponse(t.Context(), id, nil)
			require.NoError(t, err)
			file := write(t, dir, "bundle.json", string(bundle.Body))
			for _, verify := range [][]string{databaseFlags(flags), {file}} {
				out, _, status = procedo(t, dir, append([]string{"audit", "verify"}, verify...)...)
				require.Zero(t, status, out)
				require.Contains(t, out, "0 findings")
			}
			if name == "SQLite alone" {
				requireNotInFiles(t, flags, iban)
			}
		})
	}
}

// requireNotInFiles requires that no file of the SQLite database in a server's flags contains a text.
func requireNotInFiles(t *testing.T, flags []string, text string) {
	t.Helper()
	files, err := filepath.Glob(databaseFlags(flags)[1][len("sqlite:"):] + "*")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		require.False(t, bytes.Contains(data, []byte(text)), file)
	}
}
