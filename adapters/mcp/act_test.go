package mcp_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/mcp"
	"github.com/procedo/procedo/api/client"
)

func TestAnAssistantThatActsWalksTheRunAndEachCallHasOneEffect(t *testing.T) {
	for _, transport := range []string{overHTTP, overMemory} {
		t.Run(transport, func(t *testing.T) {
			f := newFixture(t, mcp.Act)
			robot := f.connect(transport, revisions[0], nil)
			twice := func(tool, arguments string) object {
				t.Helper()
				first := f.do(robot, tool, arguments)
				id := first["run"].(object)["id"].(string)
				before := f.actions(id)
				again := f.do(robot, tool, arguments)
				if tool != "save_draft" { // the same draft once more is simply no change
					require.Equal(t, true, again["repeated"])
				}
				require.NotContains(t, first, "repeated")
				require.Equal(t, before, f.actions(id))
				require.Equal(t, id, again["run"].(object)["id"])
				return first
			}
			run := twice("start_run", `{"procedure_id":"release"}`)["run"].(object)
			id := run["id"].(string)
			again := f.do(robot, "start_run", `{"procedure_id":"release"}`)
			require.Contains(t, again["note"], "another key")
			other := f.do(robot, "start_run", `{"procedure_id":"release","key":"another"}`)["run"].(object)
			require.NotEqual(t, id, other["id"])

			// Only a person fills in the sensitive slot.
			_, err := f.person.Draft(t.Context(), id, "prepare", client.StepDraft{Slots: client.Values{"pin": []byte(`"1234"`)}})
			require.NoError(t, err)
			on := func(step string) string {
				return fmt.Sprintf(`{"run_id":"%s","step":"%s","revision":%d`, id, step, f.read(id).Revision)
			}
			twice("save_draft", on("prepare")+`,"slots":{"amount":"7","urgent":false}}`)
			twice("commit_step", on("prepare")+`,"checklist":[{"key":"seen","completed":true}]}`)
			p, _ := f.refused(robot, "commit_step", `{"run_id":"`+id+`","step":"optional","revision":1}`)
			require.EqualValues(t, 412, p["status"])
			twice("skip_step", on("optional")+`,"reason":"Not needed"}`)
			twice("amend_step", on("prepare")+`,"slots":{"amount":"8"},"reason":"Misread"}`)
			require.EqualValues(t, "8", f.read(id).Steps[0].Slots["amount"])
			require.EqualValues(t, "agent", f.read(id).Steps[0].Origins["amount"])
			for _, step := range []string{"people", "closed"} { // left to people
				_, err := f.person.Commit(t.Context(), id, step, "", client.StepCommit{Slots: values(t, `{"ok":true}`)})
				require.NoError(t, err)
			}
			done := twice("commit_step", on("close")+`}`)
			require.Equal(t, "completed", done["run"].(object)["state"])
			require.Nil(t, done["next"])

			failed := fmt.Sprintf(`{"run_id":"%s","revision":1,"reason":"A test"}`, other["id"])
			require.Equal(t, "failed", twice("fail_run", failed)["run"].(object)["state"])
		})
	}
}

// What amend_step takes can be read: the schema, the values and the checklist of a step that is no longer open.
func TestACommittedStepIsReadAsItCanBeAmended(t *testing.T) {
	f := newFixture(t, mcp.Act)
	robot := f.robot()
	run := f.do(robot, "start_run", `{"procedure_id":"release","metadata":{"team":"network","n":1.50}}`)["run"].(object)
	id := run["id"].(string)
	require.NotContains(t, run, "metadata")
	_, err := f.person.Commit(t.Context(), id, "prepare", "", client.StepCommit{
		Slots:     values(t, `{"amount":1,"urgent":false,"pin":"1234"}`),
		Checklist: []client.Tick{{Key: "seen", Completed: true}},
	})
	require.NoError(t, err)
	require.NotContains(t, f.do(robot, "get_run", `{"run_id":"`+id+`"}`), "step")
	read := f.do(robot, "get_run", `{"run_id":"`+id+`","step":"prepare"}`)
	require.Equal(t, object{"team": "network", "n": 1.5}, read["run"].(object)["metadata"])
	require.Equal(t, "optional", read["next"].(object)["step"])
	step := read["step"].(object)
	require.Equal(t, "committed", step["state"])
	require.Equal(t, object{"amount": "1", "urgent": false}, step["slots"])
	require.Equal(t, []any{"pin"}, step["by_person"])
	require.Equal(t, []any{object{"key": "seen", "label": "Seen", "required": true, "completed": true}}, step["checklist"])
	schema := step["slots_schema"].(object)
	require.Contains(t, schema["properties"], "amount")
	require.NotContains(t, schema["properties"], "pin")
	require.Empty(t, schema["required"])
	p, _ := f.refused(robot, "get_run", `{"run_id":"`+id+`","step":"nothing"}`)
	require.Equal(t, "step.not_found", p["code"])

	amend := fmt.Sprintf(`{"run_id":"%s","step":"prepare","revision":%d,"reason":"Misread"`, id, f.read(id).Revision)
	before := f.actions(id)
	for _, same := range []string{`}`, `,"slots":{"amount":"1"}}`} {
		require.Equal(t, true, f.do(robot, "amend_step", amend+same)["unchanged"], same)
		require.Equal(t, before, f.actions(id))
	}
	require.NotContains(t, f.do(robot, "amend_step", amend+`,"slots":{"amount":"2"}}`), "unchanged")
}
