package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/verify"
)

// An agent's command that the step does not allow is recorded before it is refused, once if it is repeated. Its roles
// are asked first, and the precondition of the request last.
func TestTheRefusalOfAnAgentIsRecorded(t *testing.T) {
	fx := newFixture(t)
	fx.save(`{"id":"p","name":"P","steps":[
		{"key":"s","title":"S","agents":"draft","slots":[{"name":"a","type":"string"}]},
		{"key":"t","title":"T","agents":"none"}]}`)
	started, err := fx.StartRun(t.Context(), ann, app.StartInput{ProcedureID: "p"})
	require.NoError(t, err)
	id := started.ID
	by := access.Principal{ID: "corp:ann", Via: access.ViaOIDC, Agent: &access.Agent{Subject: "bot"}}
	_, err = fx.As(by).Execute(t.Context(), ann, id, commit(`"x"`))
	require.Equal(t, access.Denied, fault.From(err).Code)
	require.Len(t, fx.actions(id), 2, "strangers do not lengthen trails")

	by.Roles = access.RolesOf(access.Operator)
	agent := fx.As(by)
	before, err := agent.Execute(t.Context(), ann, id, draft(`"x"`))
	require.NoError(t, err)
	stale := ann
	stale.IfMatch = &app.Condition{Revisions: []int64{before.Revision + 7}}
	for _, req := range []app.Request{ann, stale, ann} {
		_, err = agent.Execute(t.Context(), req, id, commit(`"x"`))
		require.True(t, fault.Is(err, fault.Forbidden))
		require.Equal(t, run.AgentRefused, fault.From(err).Code)
		require.Equal(t, fault.Params{"step": "s", "agents": "draft"}, fault.From(err).Params)
	}
	_, check, err := agent.CheckCommit(t.Context(), ann, id, run.Commit{Submission: run.Submission{Step: "s"}})
	require.NoError(t, err)
	require.Nil(t, check.Refusal)
	_, _, err = agent.CheckCommit(t.Context(), ann, id, run.Commit{Submission: run.Submission{Step: "t"}})
	require.Equal(t, run.AgentRefused, fault.From(err).Code)
	require.Equal(t, []string{
		"run.created", "step.opened", "run.started", "step.draft_saved", "step.commit_refused",
	}, fx.actions(id), "the same refusal again is not recorded twice, and a check never")

	committed, err := fx.Execute(t.Context(), ann, id, run.Commit{Submission: run.Submission{Step: "s"}})
	require.NoError(t, err)
	require.Equal(t, before.Revision+1, committed.Revision)
	_, err = fx.verify.All(t.Context(), verify.Options{Rules: true}, func(f audit.Finding) { t.Error(f) })
	require.NoError(t, err)
}
