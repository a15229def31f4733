package run_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/runtest"
)

// refuse records the refusal of a command whose reason is a text, and reports whether there was an event.
func refuse(t *testing.T, r run.Run, actor, text string) (run.Run, run.Refused, bool) {
	t.Helper()
	c := run.Skip{Step: "a", Reason: text}
	refusal := fault.New(fault.Conflict, "step.not_open", nil)
	stamp := run.Stamp{By: access.Unproven(actor), At: runtest.Epoch}
	e, ok := run.Refusal(r, c, refusal, stamp)
	if !ok {
		return r, run.Refused{}, false
	}
	next, err := run.Evolve(r, e)
	require.NoError(t, err)
	refused, _ := e.Fact.(run.Refused)
	return next, refused, true
}

func TestARefusalThatRepeatsTheLastOneIsNotRecorded(t *testing.T) {
	r := newRun(t)
	r, _, ok := refuse(t, r, "ann", "x")
	require.True(t, ok)
	_, _, ok = refuse(t, r, "ann", "x")
	require.False(t, ok)
	_, _, ok = refuse(t, r, "bob", "x")
	require.True(t, ok, "somebody else was refused")
	r, _, ok = refuse(t, r, "ann", "y")
	require.True(t, ok, "another command was refused")
	_, _, ok = refuse(t, r, "ann", "x")
	require.True(t, ok, "it is not the last one any more")
}

func TestTheFirstRefusalsOfARunAreRecordedInFull(t *testing.T) {
	r := newRun(t)
	for i := range run.MaxFullRefusals + 2 {
		require.Equal(t, i, r.Refusals)
		next, refused, ok := refuse(t, r, "ann", strconv.Itoa(i))
		require.True(t, ok)
		require.Equal(t, i < run.MaxFullRefusals, refused.Input != "", "refusal %d", i+1)
		require.Equal(t, r.Revision, next.Revision, "a refusal changes nothing")
		r = next
	}
}
