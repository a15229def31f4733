package app

import (
	"context"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/run"
)

// Run returns a run.
func (s *UseCases) Run(ctx context.Context, id string) (_ run.Run, err error) {
	ctx, begun, err := s.admit(ctx, "Run", access.Read)
	if err != nil {
		return run.Run{}, err
	}
	defer begun.end(&err)
	rec, err := s.ports.Runs.Load(ctx, id)
	return rec.Run, err
}

// RunIfChanged returns a run with the head of its chain, or changed = false if this head is still the known one. The
// zero Head is the head of no run.
func (s *UseCases) RunIfChanged(ctx context.Context, id string, known audit.Head) (r RunRecord, changed bool, err error) {
	ctx, begun, err := s.admit(ctx, "RunIfChanged", access.Read)
	if err != nil {
		return r, changed, err
	}
	defer begun.end(&err)
	if known == (audit.Head{}) {
		r, err = s.ports.Runs.Load(ctx, id)
		return r, true, err
	}
	head, err := s.ports.Runs.Head(ctx, id)
	if err != nil || head == known {
		return RunRecord{}, false, err
	}
	if s.ports.RecentRuns != nil {
		if r, ok := s.ports.RecentRuns.Recall(ctx, id); ok && r.Head == head {
			return r, true, nil
		}
	}
	r, err = s.ports.Runs.Load(ctx, id)
	return r, true, err
}
