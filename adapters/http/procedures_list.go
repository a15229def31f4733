package http

import (
	"context"

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
	after, err := parseCursor(procedureCursor, r.Params.Cursor, procedure.IsKey)
	if err != nil {
		return nil, err
	}
	records, err := s.as(ctx).ListProcedures(ctx, app.ProcedureFilter{
		Query: deref(r.Params.Query), Status: procedure.Status(deref(r.Params.Status)), After: after,
		Size: app.PageSize{Items: limitOf(r.Params.Limit)},
	})
	if err != nil {
		return nil, err
	}
	key := func(r procedure.Record) string { return r.ID }
	return pageResponse(ctx, procedureCursor, records, key, procedureSummary)
}

// procedureSummary returns the body of a procedure on a page, ProcedureSummary in the contract.
func procedureSummary(rec procedure.Record) any {
	return api.ProcedureSummary{
		ID: rec.ID, Name: rec.Name, Description: optional(rec.Description), Language: optional(rec.Language),
		Version: rec.Version, Status: api.ProcedureStatus(rec.Status), Digest: rec.Digest,
		CreatedAt: rec.CreatedAt.Format(audit.TimeFormat), CreatedBy: rec.CreatedBy,
	}
}
