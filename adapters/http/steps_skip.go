package http

import (
	"context"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/run"
)

// SkipStep handles POST /runs/{run_id}/steps/{step_key}/skip.
func (s *server) SkipStep(ctx context.Context, r api.SkipStepRequestObject) (api.SkipStepResponseObject, error) {
	return s.execute(ctx, r.RunID, r.Params.IfMatch, r.Params.IdempotencyKey,
		run.Skip{Step: r.StepKey, Visit: deref(r.Body.Visit), Reason: r.Body.Reason})
}
