package app_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
)

// readings counts how often the plain values of a run are read, and with how many events in its trail.
type readings struct {
	app.Runs
	trail  func() []string
	before func() // called before each reading; nil: nothing
	seen   [][]string
}

func (r *readings) PlainValues(ctx context.Context, id string) ([]run.PlainValue, error) {
	r.seen = append(r.seen, r.trail())
	if r.before != nil {
		r.before()
	}
	return r.Runs.PlainValues(ctx, id)
}

const withPIN = `{"id":"p","name":"P","steps":[
	{"key":"s","title":"S","slots":[{"name":"pin","type":"string","sensitive":true}]}]}`

// startWithPIN starts a run whose draft has a sensitive value.
func (fx *fixture) startWithPIN() (id string) {
	fx.save(withPIN)
	started, err := fx.StartRun(fx.t.Context(), ann, app.StartInput{ProcedureID: "p"})
	require.NoError(fx.t, err)
	fx.setPIN(started.ID, "4711")
	return started.ID
}

func (fx *fixture) setPIN(id, pin string) {
	submission := submissionOf("s", `pin="`+pin+`"`, nil)
	_, err := fx.Execute(fx.t.Context(), ann, id, run.Draft{Submission: submission})
	require.NoError(fx.t, err)
}

// A sensitive value is read only after the trail says who is shown it. If that cannot be written, nothing is read.
func TestARevealIsRecordedBeforeTheValueIsRead(t *testing.T) {
	fx := newFixture(t)
	id := fx.startWithPIN()
	read := &readings{trail: func() []string { return fx.actions(id) }}
	fx.rewire(func(p *app.Ports) { read.Runs, p.Runs = p.Runs, read })
	reveal := run.Reveal{Step: "s", Slot: "pin", Reason: "to call back"}

	shown, err := fx.Reveal(t.Context(), ann, id, reveal)
	require.NoError(t, err)
	require.Equal(t, `"4711"`, string(shown.Value.AppendRaw(nil)))
	require.Len(t, read.seen, 1)
	require.Contains(t, read.seen[0], "slot.revealed")

	fx.faults.beforeAppend = func() error { return errBoom }
	shown, err = fx.Reveal(t.Context(), ann, id, reveal)
	require.Error(t, err)
	require.NotEqual(t, fault.Invalid, fault.From(err).Kind)
	require.Equal(t, app.Revealed{}, shown)
	require.Len(t, read.seen, 1, "the value is not even read")
}

// If the value is replaced after the event and before it is read, the event would not be about what is shown.
func TestARevealedValueIsTheOneThatTheTrailHas(t *testing.T) {
	fx := newFixture(t)
	id := fx.startWithPIN()
	read, pins := &readings{trail: func() []string { return fx.actions(id) }}, 0
	fx.rewire(func(p *app.Ports) { read.Runs, p.Runs = p.Runs, read })
	replace := func() {
		read.before = nil // the replacement reads the values, too
		pins++
		fx.setPIN(id, fmt.Sprint(pins))
	}
	read.before = replace
	shown, err := fx.Reveal(t.Context(), ann, id, run.Reveal{Step: "s", Slot: "pin", Reason: "to call back"})
	require.NoError(t, err)
	require.Equal(t, `"1"`, string(shown.Value.AppendRaw(nil)))
	actions := fx.actions(id)
	require.Equal(t, []string{"slot.revealed", "step.draft_saved", "slot.revealed"}, actions[len(actions)-3:])
	require.EqualValues(t, len(actions), shown.Seq)

	read.Runs = always{read.Runs, func() { pins++; fx.setPIN(id, fmt.Sprint(pins)) }, new(bool)}
	shown, err = fx.Reveal(t.Context(), ann, id, run.Reveal{Step: "s", Slot: "pin", Reason: "to call back"})
	require.True(t, fault.Is(err, fault.Unavailable))
	require.Equal(t, app.Revealed{}, shown)
}

// always calls a function before each reading of plain values but those of the function.
type always struct {
	app.Runs
	before func()
	inside *bool
}

func (a always) PlainValues(ctx context.Context, id string) ([]run.PlainValue, error) {
	if !*a.inside {
		*a.inside = true
		a.before()
		*a.inside = false
	}
	return a.Runs.PlainValues(ctx, id)
}
