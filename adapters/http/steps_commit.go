package http

import (
	"context"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/run"
)

// CommitStep handles POST /runs/{run_id}/steps/{step_key}/commit. Without a body, it commits the draft.
func (s *server) CommitStep(ctx context.Context, r api.CommitStepRequestObject) (api.CommitStepResponseObject, error) {
	b := deref(r.Body)
	return s.execute(ctx, r.RunID, r.Params.IfMatch, r.Params.IdempotencyKey,
		run.Commit{Submission: submission(r.StepKey, b.Slots, b.Checklist, b.Origins, b.Visit)})
}
