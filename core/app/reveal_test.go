package app_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
)

// readings counts how often the plain values of a run are read, and with how many events in its trail.
type readings struct {
	app.Runs
	trail func() []string
	seen  [][]string
}

func (r *readings) PlainValues(ctx context.Context, id string) ([]run.PlainValue, error) {
	r.seen = append(r.seen, r.trail())
	return r.Runs.PlainValues(ctx, id)
}

// A sensitive value is read only after the trail says who is shown it. If that cannot be written, nothing is read.
func TestARevealIsRecordedBeforeTheValueIsRead(t *testing.T) {
	fx := newFixture(t)
	fx.save(`{"id":"p","name":"P","steps":[{"key":"s","title":"S","slots":[{"name":"pin","type":"string","sensitive":true}]}]}`)
	started, err := fx.StartRun(t.Context(), ann, app.StartInput{ProcedureID: "p"})
	require.NoError(t, err)
	_, err = fx.Execute(t.Context(), ann, started.ID, run.Draft{Submission: submissionOf("s", `pin="4711"`, nil)})
	require.NoError(t, err)
	read := &readings{trail: func() []string { return fx.actions(started.ID) }}
	fx.rewire(func(p *app.Ports) { read.Runs, p.Runs = p.Runs, read })
	reveal := run.Reveal{Step: "s", Slot: "pin", Reason: "to call back"}

	shown, err := fx.Reveal(t.Context(), ann, started.ID, reveal)
	require.NoError(t, err)
	require.Equal(t, `"4711"`, string(shown.Value.AppendRaw(nil)))
	require.Len(t, read.seen, 1)
	require.Contains(t, read.seen[0], "slot.revealed")

	fx.faults.beforeAppend = func() error { return errBoom }
	shown, err = fx.Reveal(t.Context(), ann, started.ID, reveal)
	require.Error(t, err)
	require.NotEqual(t, fault.Invalid, fault.From(err).Kind)
	require.Equal(t, app.Revealed{}, shown)
	require.Len(t, read.seen, 1, "the value is not even read")
}
