package procedure_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/procedure"
)

func TestAStepSaysWhatAgentsMayDo(t *testing.T) {
	for member, want := range map[string]procedure.Agents{
		``: procedure.AgentsCommit, `,"agents":null`: procedure.AgentsCommit, `,"agents":""`: procedure.AgentsCommit,
		`,"agents":"commit"`: procedure.AgentsCommit, `,"agents":"draft"`: procedure.AgentsDraft,
		`,"agents":"none"`: procedure.AgentsNone,
	} {
		read, issues := procedure.Read(context.Background(), parse(t, inStep(member)), cel.Language{})
		require.Empty(t, issues, member)
		require.Equal(t, want, read.Steps[0].Agents, member)
		stored, issues := procedure.ReadCanonical(read.Canonical(), cel.Language{})
		require.Empty(t, issues)
		require.Equal(t, want, stored.Steps[0].Agents, member)
		// The digest of a definition without the member, or with its default, is that of earlier releases.
		require.Equal(t, want == procedure.AgentsCommit, canonical(t, inStep(``)) == string(read.Canonical()), member)
	}
	for value, finding := range map[string]string{
		`"read"`: "unknown_value", `"Draft"`: "unknown_value", `" "`: "unknown_value", `1`: "wrong_type", `["draft"]`: "wrong_type",
	} {
		require.Equal(t, []string{"/steps/0/agents " + finding}, findings(t, inStep(`,"agents":`+value)), value)
	}
	require.Equal(t, []string{"/steps/0/agents unknown_member"}, findings(t, `{"format":"1",`+inStep(`,"agents":"draft"`)[1:]))
	read, issues := procedure.Read(context.Background(), parse(t, inStep(`,"agents":"read"`)), cel.Language{})
	require.Equal(t, []string{"commit", "draft", "none"}, issues.First[0].Params["allowed"])
	require.Equal(t, procedure.AgentsNone, read.Steps[0].Agents, "an unknown value allows nothing")
}

func TestAgentsMayDoWhatNeedsNoMore(t *testing.T) {
	for agents, want := range map[procedure.Agents][2]bool{ // save a draft, commit
		procedure.AgentsCommit: {true, true}, procedure.AgentsDraft: {true, false}, procedure.AgentsNone: {false, false},
	} {
		require.Equal(t, want[0], agents.Allow(procedure.AgentsDraft), agents)
		require.Equal(t, want[1], agents.Allow(procedure.AgentsCommit), agents)
	}
}
