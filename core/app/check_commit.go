package app

import (
	"context"

	"github.com/procedo/procedo/core/run"
)

// CheckCommit returns what Execute would decide about a commit, and why. It stores nothing, not even a refusal. See
// run.CheckCommit for the commits that are refused in the same way as by Execute.
func (s *UseCases) CheckCommit(
	ctx context.Context, req Request, runID string, c run.Commit,
) (_ run.Run, _ run.Check, err error) {
	ctx, begun, err := s.admit(ctx, "CheckCommit", c.Action().Permission())
	if err != nil {
		return run.Run{}, run.Check{}, err
	}
	defer begun.end(&err)
	req.by = begun.by
	rec, err := s.ports.Runs.Load(ctx, runID)
	if err != nil {
		return run.Run{}, run.Check{}, err
	}
	e := execution{service: s, req: req, command: c}
	if err := e.prepare(ctx, rec.Run); err != nil {
		return run.Run{}, run.Check{}, err
	}
	c, _ = e.command.(run.Commit)
	stamp := run.Stamp{By: req.by, At: notBefore(rec.Run.LastEventAt, s.ports.Clock.Now())}
	check, err := run.CheckCommit(ctx, rec.Run, c, stamp)
	return rec.Run, check, err
}
