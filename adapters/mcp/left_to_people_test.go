package mcp_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/mcp"
	"github.com/procedo/procedo/api/client"
)

// Also where nobody is authenticated, the tools obey what a definition leaves to people.
func TestToolsLeaveToPeopleWhatTheDefinitionLeavesToThem(t *testing.T) {
	f := newFixture(t, mcp.Act)
	robot, id := f.robot(), f.start().ID
	commit := func(step, slots string) {
		t.Helper()
		s := client.StepCommit{Slots: values(t, slots)}
		if step == "prepare" {
			s.Checklist = []client.Tick{{Key: "seen", Completed: true}}
		}
		_, err := f.person.Commit(t.Context(), id, step, "", s)
		require.NoError(t, err)
	}
	on := func(step string) string {
		return fmt.Sprintf(`{"run_id":"%s","step":"%s","revision":%d`, id, step, f.read(id).Revision)
	}
	mustRefuse := func(tool, arguments, agents string) {
		t.Helper()
		before := f.actions(id)
		p, text := f.refused(robot, tool, arguments)
		require.Equal(t, "step.agent", p["code"], tool)
		require.EqualValues(t, 403, p["status"])
		require.Equal(t, agents, p["params"].(object)["agents"])
		require.Contains(t, text, f.address+"/ui/runs/"+id)
		require.Equal(t, before, f.actions(id))
	}
	decide := func(step, agents string) {
		t.Helper()
		mustRefuse("commit_step", on(step)+`,"slots":{"ok":true}}`, agents)
		mustRefuse("skip_step", on(step)+`,"reason":"r"}`, agents)
		mustRefuse("fail_run", fmt.Sprintf(`{"run_id":"%s","revision":1,"reason":"r"}`, id), agents)
	}
	commit("prepare", `{"amount":1,"urgent":false,"pin":"1234"}`)
	commit("optional", `{}`)

	decide("people", "draft")
	next := f.do(robot, "save_draft", on("people")+`,"slots":{"ok":true}}`)["next"].(object)
	require.Equal(t, "draft", next["agents"])
	require.Equal(t, "person", next["confirm"].(object)["by"])
	require.Equal(t, true, f.do(robot, "check_step", `{"run_id":"`+id+`","step":"people"}`)["committable"])
	commit("people", `{}`)
	mustRefuse("amend_step", on("people")+`,"slots":{"ok":false},"reason":"r"}`, "draft")

	decide("closed", "none")
	mustRefuse("save_draft", on("closed")+`,"slots":{"ok":true}}`, "none")
	mustRefuse("check_step", `{"run_id":"`+id+`","step":"closed"}`, "none")
	commit("closed", `{"ok":true}`)
	require.Equal(t, "assistant", f.do(robot, "get_run", `{"run_id":"`+id+`"}`)["next"].(object)["confirm"].(object)["by"])
}
