package app_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
)

// erasedAfterwards stands for the caches and the files of the database. It notes what it is told to remove.
type erasedAfterwards struct {
	app.RecentRuns
	forgotten []int64 // the sequence numbers
	scrubbed  int
	err       error
}

func (e *erasedAfterwards) Recall(context.Context, string) (app.RunRecord, bool) {
	return app.RunRecord{}, false
}

func (e *erasedAfterwards) Forget(_ context.Context, _ string, seq int64) error {
	e.forgotten = append(e.forgotten, seq)
	return e.err
}

func (e *erasedAfterwards) Scrub(context.Context) error { e.scrubbed++; return e.err }

// TestAnErasureReachesCachesAndFiles: the erasure stands even if they cannot be reached, and says so.
func TestAnErasureReachesCachesAndFiles(t *testing.T) {
	for _, unreachable := range []error{nil, errBoom} {
		fx := newFixture(t)
		id := fx.startRun()
		_, err := fx.Execute(t.Context(), ann, id, draft(`"Ada"`))
		require.NoError(t, err)
		after := &erasedAfterwards{err: unreachable}
		fx.rewire(func(p *app.Ports) { p.RecentRuns, p.Files = after, after })

		_, _, err = fx.Erase(t.Context(), ann, id, run.Erase{
			Places: []run.ErasePlace{{Step: "s", Slot: "none"}}, Reason: "asked",
		})
		require.Error(t, err)
		require.Equal(t, erasedAfterwards{err: unreachable}, *after, "nothing was erased")

		r, uncleared, err := fx.Erase(t.Context(), ann, id, run.Erase{
			Places: []run.ErasePlace{{Step: "s", Slot: "a"}}, Reason: "asked",
		})
		require.NoError(t, err)
		require.True(t, r.Steps[0].Slots[0].IsErased())
		require.Equal(t, app.Uncleared{Cache: unreachable, Files: unreachable}, uncleared)
		require.Equal(t, []int64{r.Seq}, after.forgotten)
		require.Equal(t, 1, after.scrubbed)
	}
}

// TestTheTextOfOneEventCanBeErased: what an erasure names is an event by its number, and a place in it.
func TestTheTextOfOneEventCanBeErased(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	_, err := fx.Execute(t.Context(), ann, id, draft(`"Ada"`))
	require.NoError(t, err)
	failed, err := fx.Execute(t.Context(), ann, id, run.Fail{Reason: "Ada is ill"})
	require.NoError(t, err)
	for seq := int64(-1); seq <= failed.Seq+1; seq++ {
		reason := commitment.Place{Seq: seq, Pointer: "/reason"}
		plan, err := fx.PlanErasure(t.Context(), id, []run.ErasePlace{{Place: reason}})
		require.NoError(t, err)
		if seq == failed.Seq {
			require.Zero(t, plan.Issues.Count)
			require.Equal(t, []commitment.Place{reason}, plan.Places)
		} else {
			require.Equal(t, 1, plan.Issues.Count, "event %d has no reason", seq)
			require.Empty(t, plan.Places)
		}
	}
	plan, err := fx.PlanErasure(t.Context(), id, []run.ErasePlace{{Step: "s", Slot: "a"}})
	require.NoError(t, err)
	require.Equal(t, []commitment.Place{{Seq: 4, Pointer: "/slots/a"}}, plan.Places)

	fx.rewire(func(p *app.Ports) { p.Trail = failingTrail{p.Trail} })
	_, err = fx.PlanErasure(t.Context(), id, []run.ErasePlace{{Place: commitment.Place{Seq: 1, Pointer: "/reason"}}})
	require.ErrorIs(t, err, errBoom)
}

// TestInputThatWasCutMayHoldAnySlot: a refused input that was recorded in part can no longer be read, so that it is
// removed for any slot of the definition.
func TestInputThatWasCutMayHoldAnySlot(t *testing.T) {
	fx := newFixture(t)
	id := fx.startRun()
	_, err := fx.Execute(t.Context(), ann, id, draft(`["`+strings.Repeat("Ada ", run.MaxRecordedInput)+`"]`))
	require.Equal(t, run.InvalidValues, fault.From(err).Code)
	for name, issues := range map[string]int{"a": 0, "unknown": 1} {
		plan, err := fx.PlanErasure(t.Context(), id, []run.ErasePlace{{Step: "s", Slot: name}})
		require.NoError(t, err)
		require.Equal(t, issues, plan.Issues.Count, name)
	}
	erased, _, err := fx.Erase(t.Context(), ann, id, run.Erase{
		Places: []run.ErasePlace{{Step: "s", Slot: "a"}}, Reason: "asked",
	})
	require.NoError(t, err)
	events, err := fx.RunEvents(t.Context(), id, 0, 100)
	require.NoError(t, err)
	require.Len(t, events.Items, int(erased.Seq))
	for _, e := range events.Items {
		require.NotContains(t, e.Disclosures, "Ada")
	}
}

type failingTrail struct{ app.Trail }

func (failingTrail) Events(
	context.Context, audit.Entity, int64, app.PageSize,
) (app.Page[audit.Event], error) {
	return app.Page[audit.Event]{}, errBoom
}
