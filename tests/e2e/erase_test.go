package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/api/client"
)

const iban = "FR7630006000011234567890189"

func TestASensitiveValueIsErasedAndTheTrailStillVerifies(t *testing.T) {
	for name, flags := range deployments(t) {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			server := serve(t, dir, append([]string{"--demo"}, flags...)...)
			started, err := server.client().StartRunWithResponse(t.Context(), nil, client.RunStart{ProcedureID: demo})
			require.NoError(t, err)
			id := started.JSON201.ID
			for _, step := range demoSteps[:2] {
				r, err := server.client().CommitStepWithResponse(t.Context(), id, step.key, nil, client.StepCommit{Slots: values(t, step.slots), Checklist: done(step.ticks...)})
				require.NoError(t, err)
				require.Equal(t, 200, r.StatusCode(), string(r.Body))
			}
			erase := func(args ...string) (out, stderr string, status int) {
				t.Helper()
				return procedo(t, dir, append(append([]string{"audit", "erase", "--run", id}, args...), databaseOf(flags)...)...)
			}
			for slot, want := range map[string]string{
				"cause": "no step of the procedure has a sensitive slot", "diagnosis.cause": "not sensitive", "diagnosis.nothing": "no such slot", "nowhere.affected_iban": "no such step",
			} {
				_, stderr, status := erase("--slot", slot)
				require.Equal(t, 1, status, slot)
				require.Contains(t, stderr, want)
			}
			_, stderr, status := erase("--slot", "affected_iban", "--visit", "2")
			require.Equal(t, 1, status)
			require.Contains(t, stderr, "No value was given")
			out, stderr, status := erase("--slot", "affected_iban", "--reason", "Asked for by the customer")
			require.Zero(t, status, stderr)
			require.Contains(t, out, "1 value erased")
			out, _, status = erase("--slot", "diagnosis.affected_iban")
			require.Zero(t, status)
			require.Contains(t, out, "already erased")

			events, err := server.client().ListRunEventsWithResponse(t.Context(), id, nil)
			require.NoError(t, err)
			require.Contains(t, string(events.Body), "step.value_erased")
			require.Contains(t, string(events.Body), "Asked for by the customer")
			third := demoSteps[2]
			r, err := server.client().CommitStepWithResponse(t.Context(), id, third.key, nil, client.StepCommit{Slots: values(t, third.slots), Checklist: done(third.ticks...)})
			require.NoError(t, err)
			require.Equal(t, 200, r.StatusCode(), "the run goes on")
			bundle, err := server.client().GetRunBundleWithResponse(t.Context(), id, nil)
			require.NoError(t, err)
			for _, verify := range [][]string{databaseOf(flags), {write(t, dir, "bundle.json", string(bundle.Body))}} {
				out, _, status = procedo(t, dir, append([]string{"audit", "verify"}, verify...)...)
				require.Zero(t, status, out)
				require.Contains(t, out, "0 findings")
			}
			if name == "SQLite alone" {
				nowhereInFiles(t, flags, iban)
			}
		})
	}
}

// nowhereInFiles holds that no file of an SQLite database has a text in it.
func nowhereInFiles(t *testing.T, flags []string, text string) {
	t.Helper()
	files, err := filepath.Glob(databaseOf(flags)[1][len("sqlite:"):] + "*")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		require.False(t, bytes.Contains(data, []byte(text)), file)
	}
}
