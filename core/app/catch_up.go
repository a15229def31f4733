package app

import (
	"context"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/run/encoding"
)

// MaxCatchUp is the maximum number of events that CatchUp applies.
const MaxCatchUp = 16

// CatchUp brings an earlier state of a run to the given head of its chain, or to a later one, by applying the events
// that the state lacks. It returns false if the run must be loaded instead: because these are more than MaxCatchUp
// events, because they do not continue the chain, or because they cannot be read, verified or decoded.
func CatchUp(ctx context.Context, trail Trail, rec RunRecord, head audit.Head) (RunRecord, bool) {
	if head.Seq <= rec.Head.Seq || head.Seq > rec.Head.Seq+MaxCatchUp {
		return RunRecord{}, false
	}
	entity := audit.Run(rec.Run.ID)
	missing, err := trail.Events(ctx, entity, rec.Head.Seq, PageSize{Items: MaxCatchUp})
	if err != nil || missing.More { // an erasure beyond the page may have hidden values of these events
		return RunRecord{}, false
	}
	replay, chain := encoding.NewReplay(rec.Run.Version, rec.Run.ID), audit.Continue(entity, rec.Head)
	replay.Run = rec.Run
	for i := range missing.Items {
		e := &missing.Items[i]
		opened, findings := chain.Check(e)
		if len(findings) > 0 || e.Seq == head.Seq && e.Hash != head.Hash {
			return RunRecord{}, false
		}
		if _, err := replay.Apply(e, opened); err != nil {
			return RunRecord{}, false
		}
	}
	return RunRecord{Run: replay.Run, Head: chain.Head()}, chain.Head().Seq >= head.Seq
}
