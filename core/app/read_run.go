package app

import (
	"context"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/run"
)

// Run returns a run.
func (s *Service) Run(ctx context.Context, id string) (_ run.Run, err error) {
	ctx, observed := s.begin(ctx, "Run")
	defer observed.end(&err)
	rec, err := s.ports.Runs.Load(ctx, id)
	return rec.Run, err
}

// RunIfChanged returns a run with the head of its chain, or changed = false if this head is still the known one. The
// zero Head is the head of no run.
func (s *Service) RunIfChanged(ctx context.Context, id string, known audit.Head) (r RunRecord, changed bool, err error) {
	ctx, observed := s.begin(ctx, "RunIfChanged")
	defer observed.end(&err)
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
