package app

import (
	"context"

	"github.com/procedo/procedo/core/run"
)

// CheckCommit returns what Execute would decide about a commit, and why. It stores nothing, not even a refusal. See
// run.CheckCommit for the commits that are refused in the same way as by Execute.
func (s *Service) CheckCommit(ctx context.Context, req Request, runID string, c run.Commit) (run.Run, run.Check, error) {
	rec, err := s.ports.Runs.Load(ctx, runID)
	if err != nil {
		return run.Run{}, run.Check{}, err
	}
	e := execution{service: s, req: req, command: c}
	if err := e.prepare(ctx, rec.Run); err != nil {
		return run.Run{}, run.Check{}, err
	}
	c, _ = e.command.(run.Commit)
	stamp := run.Stamp{Actor: req.Actor, At: notBefore(rec.Run.LastEventAt, s.ports.Clock.Now())}
	check, err := run.CheckCommit(ctx, rec.Run, c, stamp)
	return rec.Run, check, err
}
