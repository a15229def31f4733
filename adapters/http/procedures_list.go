package http

import (
	"context"
	"net/http"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/procedure"
)

const procedureCursor = "procedures"

// ListProcedures handles GET /procedures.
func (s *server) ListProcedures(
	ctx context.Context, r api.ListProceduresRequestObject,
) (api.ListProceduresResponseObject, error) {
	after, err := parseCursor(procedureCursor, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	limit := limitOf(r.Params.Limit)
	records, err := s.service.ListProcedures(ctx, app.ProcedureFilter{
		Query: deref(r.Params.Query), Status: procedure.Status(deref(r.Params.Status)), After: after, Limit: limit + 1,
	})
	if err != nil {
		return nil, err
	}
	records, next := page(procedureCursor, records, limit, func(r procedure.Record) string { return r.ID })
	items := make([]api.ProcedureSummary, len(records))
	for i, rec := range records {
		items[i] = api.ProcedureSummary{
			ID: rec.ID, Name: rec.Name, Description: optional(rec.Description), Language: optional(rec.Language),
			Version: rec.Version, Status: api.ProcedureStatus(rec.Status), Digest: rec.Digest,
			CreatedAt: rec.CreatedAt.Format(audit.TimeFormat), CreatedBy: rec.CreatedBy,
		}
	}
	res, err := jsonResponse(http.StatusOK, api.ProcedureList{Items: items, NextCursor: optional(next)}, nil)
	return s.paginated(ctx, res, next), err
}
