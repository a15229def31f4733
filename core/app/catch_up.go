package app

import (
	"context"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/run/encoding"
)

// MaxCatchUp is the maximum number of events that CatchUp applies.
const MaxCatchUp = 16

// CatchUp applies the events to an earlier state of a run that it lacks, and returns the state at the given head of its
// chain, or a later one. It returns false if the run must be loaded instead: because the state lacks more than
// MaxCatchUp events, because they do not continue its chain, or because they cannot be read or decoded.
func CatchUp(ctx context.Context, trail Trail, rec RunRecord, head audit.Head) (RunRecord, bool) {
	if head.Seq <= rec.Head.Seq || head.Seq > rec.Head.Seq+MaxCatchUp {
		return RunRecord{}, false
	}
	missing, err := trail.Events(ctx, audit.Run(rec.Run.ID), rec.Head.Seq, PageSize{Items: MaxCatchUp})
	if err != nil {
		return RunRecord{}, false
	}
	replay := encoding.NewReplay(rec.Run.Version, rec.Run.ID)
	replay.Run = rec.Run
	for i := range missing.Items {
		e := &missing.Items[i]
		if e.PrevHash != rec.Head.Hash || e.Seq == head.Seq && e.Hash != head.Hash {
			return RunRecord{}, false
		}
		if _, err := replay.Next(e); err != nil {
			return RunRecord{}, false
		}
		rec.Head = e.Head()
	}
	rec.Run = replay.Run
	return rec, rec.Head.Seq >= head.Seq
}
