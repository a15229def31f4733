package http

import (
	"context"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/run"
)

// SaveDraft handles PATCH /runs/{run_id}/steps/{step_key}.
func (s *server) SaveDraft(ctx context.Context, r api.SaveDraftRequestObject) (api.SaveDraftResponseObject, error) {
	b := r.Body
	return s.execute(ctx, r.RunID, r.Params.IfMatch, nil,
		run.Draft{Submission: submission(r.StepKey, b.Slots, b.Checklist, b.Origins, b.Visit)})
}
