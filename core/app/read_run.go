package app

import (
	"context"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/run"
)

// Run returns a run.
func (s *Service) Run(ctx context.Context, id string) (run.Run, error) {
	rec, err := s.ports.Runs.Load(ctx, id)
	return rec.Run, err
}

// RunIfChanged returns a run with the head of its chain, or changed = false if this head is still the known one. The
// zero Head is the head of no run.
func (s *Service) RunIfChanged(ctx context.Context, id string, known audit.Head) (r RunRecord, changed bool, err error) {
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
