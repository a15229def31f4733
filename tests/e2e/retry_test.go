package e2e

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/api/client"
)

func TestRepeatingACommandWithAnswersContinuesItsRun(t *testing.T) {
	dir := t.TempDir()
	s := serve(t, dir)
	loadFlow(t, dir, s)
	run := func(args ...string) (string, string, int) {
		return procedo(t, dir, append([]string{"run", "--server", s.url, "--actor", "claire"}, args...)...)
	}
	count := func() int {
		runs, err := s.client().ListRunsWithResponse(t.Context(), &client.ListRunsParams{})
		require.NoError(t, err)
		return len(runs.JSON200.Items)
	}
	const first = `{"slots":{"kind":"plain","from":7.0},"checklist":[{"key":"seen","completed":true}]}`
	wrong := write(t, dir, "answers.json", `[`+first+`,{"slots":{"why":1}}]`)
	out, stderr, status := run("flow", "--answers", wrong)
	require.Equal(t, 1, status, out)
	require.Contains(t, stderr, "slots.why: ")
	id := runID.FindString(out)
	require.Contains(t, out, "To continue: procedo run --resume "+id+" --server "+s.url+" --actor claire --answers "+wrong)

	out, _, status = run("flow", "--answers", wrong)
	require.Equal(t, 1, status)
	require.Contains(t, out, "Continuing run "+id+" from an earlier attempt.\n1 answer is already recorded.\n")
	require.Equal(t, 1, count())
	out, _, status = run("--resume", id, "--answers", wrong)
	require.Equal(t, 1, status)
	require.Contains(t, out, "1 answer is already recorded.")

	// A command with another actor, another reference or other answers starts a new run.
	_, _, status = run("flow", "--answers", wrong, "--actor", "other")
	require.Equal(t, 1, status)
	_, _, status = run("flow", "--answers", wrong, "--reference", "R-1")
	require.Equal(t, 1, status)
	other := write(t, dir, "other.json", strings.ReplaceAll(`[`+first+`,{"slots":{"why":1}}]`, "7.0", "8"))
	_, _, status = run("flow", "--answers", other)
	require.Equal(t, 1, status)
	require.Equal(t, 4, count())

	right := write(t, dir, "right.json", `[`+first+`,{"slots":{"why":"x"}}]`)
	out, stderr, status = run("flow", "--answers", right)
	require.Zero(t, status, stderr)
	require.Contains(t, out, "Run "+id+" is completed.")
	out, stderr, status = run("flow", "--answers", right) // starts a new run, because the earlier one is completed
	require.Zero(t, status, stderr)
	require.NotContains(t, out, "earlier attempt")
	require.Equal(t, 5, count())
}
