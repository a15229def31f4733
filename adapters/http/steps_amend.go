package http

import (
	"context"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/run"
)

// AmendStep handles POST /runs/{run_id}/steps/{step_key}/amend.
func (s *server) AmendStep(ctx context.Context, r api.AmendStepRequestObject) (api.AmendStepResponseObject, error) {
	b := r.Body
	return s.execute(ctx, r.RunID, r.Params.IfMatch, r.Params.IdempotencyKey,
		run.Amend{Submission: submission(r.StepKey, b.Slots, b.Checklist, b.Origins, b.Visit), Reason: b.Reason})
}
