package mcp_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/mcp"
	"github.com/procedo/procedo/api/client"
)

// Every tool that takes values says what to send: the values behind the labels, and numbers in JSON.
func TestRefusalsSayWhatToSend(t *testing.T) {
	f := newFixture(t, mcp.Act)
	run, err := f.person.Start(t.Context(), client.RunStart{ProcedureID: "types"})
	require.NoError(t, err)
	robot := f.robot()
	on := `{"run_id":"` + run.ID + `","step":"s"`
	const given = `,"slots":{"choice":"Low","choices":["High"],"enum":"A","number":"12,50","integer":"1.5"}`
	want := map[string]string{
		"slots.choice":  `This must be one of: Low, High. Send the value, not the label: "lo", "hi".`,
		"slots.choices": `This must be one of: Low, High. Send the value, not the label: "lo", "hi".`,
		"slots.enum":    `This must be one of: a, b.`,
		"slots.number":  `This must be a number, such as 12.50 or "12.50", with a decimal point.`,
		"slots.integer": `This must be a whole number, such as 12 or "12".`,
	}
	said := map[string]string{}
	for _, issue := range f.do(robot, "check_step", on+given+"}")["issues"].([]any) {
		said[issue.(object)["field"].(string)] = issue.(object)["message"].(string)
	}
	require.Equal(t, want, said)
	revised := on + `,"revision":` + strconv.FormatInt(f.read(run.ID).Revision, 10) + given + "}"
	for _, tool := range []string{"save_draft", "commit_step"} {
		_, text := f.refused(robot, tool, revised)
		for field, message := range want {
			require.Contains(t, text, field+": "+message, tool)
		}
	}
	proposing := newFixture(t, mcp.Propose)
	run, err = proposing.person.Start(t.Context(), client.RunStart{ProcedureID: "types"})
	require.NoError(t, err)
	asked := `{"run_id":"` + run.ID + `","step":"s","revision":1` + given + "}"
	_, text := proposing.refused(proposing.robot(), "request_commit", asked)
	for field, message := range want {
		require.Contains(t, text, field+": "+message)
	}
}
