package http

import (
	"context"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/run"
)

// FailRun handles POST /runs/{run_id}/fail.
func (s *server) FailRun(ctx context.Context, r api.FailRunRequestObject) (api.FailRunResponseObject, error) {
	return s.execute(ctx, r.RunID, r.Params.IfMatch, r.Params.IdempotencyKey, run.Fail{Reason: r.Body.Reason})
}
