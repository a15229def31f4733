package mcp_test

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/mcp"
	"github.com/procedo/procedo/api/client"
)

// An answer shows the values of the open step once, and of a long text its beginning and its length. The whole text is
// read with its step.
func TestAnAnswerIsShortHoweverLongTheValuesAre(t *testing.T) {
	f := newFixture(t, mcp.Act)
	robot := f.robot()
	run, err := f.person.Start(t.Context(), client.RunStart{ProcedureID: "types"})
	require.NoError(t, err)
	long, exact := strings.Repeat("é", 50_000), strings.Repeat("<", 1000)
	content, err := json.Marshal(object{"text": long, "string": exact, "number": "1"})
	require.NoError(t, err)
	on := `{"run_id":"` + run.ID + `","step":"s","revision":`
	saved := f.do(robot, "save_draft", on+`1,"slots":`+string(content)+`}`)
	want := object{
		"text": object{"cut": long[:2000], "length": float64(50_000)}, "string": exact, "number": "1",
	}
	require.Equal(t, want, saved["next"].(object)["draft"])
	require.NotContains(t, saved["steps"].([]any)[0], "slots")
	require.Contains(t, saved["steps"].([]any)[0], "origins")

	whole := object{"text": long, "string": exact, "number": "1"}
	require.Equal(t, whole, f.do(robot, "get_run", `{"run_id":"`+run.ID+`","step":"s"}`)["step"].(object)["slots"])
	revision := func() string { return strconv.FormatInt(f.read(run.ID).Revision, 10) }
	_, text := f.refused(robot, "save_draft", on+revision()+`,"slots":{"text":{"cut":"é","length":50000}}}`)
	require.Contains(t, text, "slots.text", "what was cut is not taken for the value")

	done := f.do(robot, "commit_step", on+revision()+`}`)
	require.Equal(t, want, done["steps"].([]any)[0].(object)["slots"])
	require.Equal(t, whole, f.do(robot, "get_run", `{"run_id":"`+run.ID+`","step":"s"}`)["step"].(object)["slots"])
	answer, err := json.Marshal(done)
	require.NoError(t, err)
	require.Less(t, len(answer), 10_000)
}
