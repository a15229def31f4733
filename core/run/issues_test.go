package run_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/runtest"
	"github.com/procedo/procedo/core/slot"
)

// TestTheIssuesOfACommandAreBoundedAndCounted commits a step with thousands of issues of each kind. The refusal lists
// the first 256, those of the definition first; the recorded refusal counts all.
func TestTheIssuesOfACommandAreBoundedAndCounted(t *testing.T) {
	const many = 1000
	v := runtest.MustVersion(t, []byte(`{"id":"p","name":"P","steps":[{"key":"s","title":"S",
		"slots":[{"name":"a","type":"string"}]}]}`), cel.Language{})
	long := strings.Repeat("é", 10_000)
	stamp := run.Stamp{By: access.Unproven("ann"), At: runtest.Epoch}
	events, err := run.Start(context.Background(), run.StartParams{ID: "r", Version: v, UserID: "ann"}, stamp)
	require.NoError(t, err)
	r, err := run.Fold(run.Run{}, events)
	require.NoError(t, err)
	sub := run.Submission{Step: "s", Slots: map[string][]byte{}, Origins: map[string]slot.Origin{}}
	for i := range many {
		name := fmt.Sprintf("u%04d%s", i, long)
		sub.Slots[name] = []byte(`1`)
		sub.Origins["o"+name] = "elsewhere"
		sub.Ticks = append(sub.Ticks, checklist.Tick{Key: name})
	}
	amount := 3*many + 1
	_, refusal := run.Decide(context.Background(), r, run.Commit{Submission: sub}, stamp)
	f := fault.From(refusal)
	require.Equal(t, amount, f.IssueCount())
	require.Len(t, f.Issues, fault.MaxIssues)
	require.Equal(t, "slots.a", f.Issues[0].Field, "issues of the definition come first")
	for _, is := range f.Issues {
		require.LessOrEqual(t, len(is.Field), 2*fault.MaxQuoted)
	}
	event, ok := run.Refusal(r, run.Commit{Submission: sub}, refusal, stamp)
	require.True(t, ok)
	recorded := event.Fact.(run.Refused)
	require.Equal(t, amount, recorded.Omitted+len(recorded.Issues), "the trail counts all issues")
}
