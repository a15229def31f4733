package mcp_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/mcp"
	"github.com/procedo/procedo/api/client"
)

func TestARepeatedStartAnswersWithTheRunAsItIsNow(t *testing.T) {
	f := newFixture(t, mcp.Propose)
	robot := f.robot()
	const start = `{"procedure_id":"release","metadata":{"a":1,"b":[{"c":2,"d":1.50}]},"key":"k"}`
	run := f.do(robot, "start_run", start)["run"].(object)
	_, err := f.person.Fail(t.Context(), run["id"].(string), "A test")
	require.NoError(t, err)
	for _, again := range []string{start, `{"key":"k","metadata":{"b":[{"d":1.50,"c":2}],"a":1},"procedure_id":"rele\u0061se"}`} {
		got := f.do(robot, "start_run", again)
		require.Equal(t, run["id"], got["run"].(object)["id"], again)
		require.Equal(t, "failed", got["run"].(object)["state"])
		require.Nil(t, got["next"])
		require.Contains(t, got["note"], "another key")
	}
	for _, other := range []string{
		`{"procedure_id":"release","metadata":{"a":1,"b":[{"c":2,"d":1.5}]},"key":"k"}`,
		`{"procedure_id":"release","metadata":{"a":1,"b":[{"c":2,"d":1.50}]},"key":"K"}`,
	} {
		require.NotEqual(t, run["id"], f.do(robot, "start_run", other)["run"].(object)["id"], other)
	}
}

// A call that is sent again after a person has changed the draft must not take their value back.
func TestARepeatedDraftDoesNotUndoWhatAPersonHasChanged(t *testing.T) {
	f := newFixture(t, mcp.Propose)
	robot, run := f.robot(), f.start()
	for _, tool := range []string{"save_draft", "request_commit"} {
		first := `{"run_id":"` + run.ID + `","step":"prepare","revision":1,"slots":{"amount":"1","urgent":false},` +
			`"checklist":[{"key":"seen","completed":true}]}`
		if tool == "save_draft" {
			f.do(robot, tool, first)
		}
		_, err := f.person.Draft(t.Context(), run.ID, "prepare", client.StepDraft{Slots: values(t, `{"amount":2}`)})
		require.NoError(t, err)
		p, _ := f.refused(robot, tool, first)
		require.Equal(t, "run.stale", p["code"])
		require.Equal(t, "2", string(f.read(run.ID).Steps[0].Slots["amount"]))
	}
}
