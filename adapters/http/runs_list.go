package http

import (
	"context"
	"net/http"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
)

const runCursor = "runs"

// ListRuns handles GET /runs.
func (s *server) ListRuns(ctx context.Context, r api.ListRunsRequestObject) (api.ListRunsResponseObject, error) {
	p := r.Params
	after, err := parseCursor(runCursor, p.Cursor)
	if err != nil {
		return nil, err
	}
	limit := limitOf(p.Limit)
	runs, err := s.service.ListRuns(ctx, app.RunFilter{
		ProcedureID: deref(p.ProcedureID), State: run.State(deref(p.State)), UserID: deref(p.UserID),
		Reference: deref(p.Reference), CreatedAfter: deref(p.CreatedAfter), CreatedBefore: deref(p.CreatedBefore),
		After: after, Limit: limit + 1,
	})
	if err != nil {
		return nil, err
	}
	runs, next := page(runCursor, runs, limit, func(r projection.RunRow) string { return r.ID })
	items := make([]api.RunSummary, len(runs))
	for i, r := range runs {
		items[i] = summaryBody(r)
	}
	res, err := jsonResponse(http.StatusOK, api.RunList{Items: items, NextCursor: optional(next)}, nil)
	return s.paginated(ctx, res, next), err
}

func summaryBody(r projection.RunRow) api.RunSummary {
	erased := r.ErasedTexts()
	return api.RunSummary{
		ID: r.ID, ProcedureID: r.ProcedureID, ProcedureVersion: r.ProcedureVersion,
		UserID: userBody(r.UserID, erased), Reference: optional(r.Reference), Metadata: metadataBody(r.Metadata, erased),
		State: api.RunState(r.State), Revision: r.Revision, Seq: r.Head.Seq, CurrentStep: optional(r.CurrentStep),
		Failure: failureBody(r.Failure), Erased: erasedBody(erased),
		CreatedAt: r.CreatedAt.Format(audit.TimeFormat), StartedAt: timeBody(r.StartedAt),
		UpdatedAt: r.UpdatedAt.Format(audit.TimeFormat), ClosedAt: timeBody(r.ClosedAt),
	}
}
