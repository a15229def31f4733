package http

import (
	"context"
	"net/http"
	"strconv"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/procedure"
)

const versionCursor = "versions"

// ListProcedureVersions answers GET /procedures/{procedure_id}/versions.
func (s *server) ListProcedureVersions(ctx context.Context, r api.ListProcedureVersionsRequestObject) (api.ListProcedureVersionsResponseObject, error) {
	below, err := readNumberCursor(versionCursor, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	limit := limitOf(r.Params.Limit)
	versions, err := s.service.ListVersions(ctx, r.ProcedureID, int(below), limit+1)
	if err != nil {
		return nil, err
	}
	versions, next := page(versionCursor, versions, limit, func(v procedure.VersionRecord) string { return strconv.Itoa(v.Version) })
	items := make([]api.ProcedureVersionSummary, len(versions))
	for i, v := range versions {
		items[i] = api.ProcedureVersionSummary{Version: v.Version, Digest: v.Digest, CreatedAt: v.CreatedAt.Format(audit.TimeFormat), CreatedBy: v.CreatedBy}
	}
	a, err := jsonAnswer(http.StatusOK, api.ProcedureVersionList{Items: items, NextCursor: optional(next)}, nil)
	return s.paged(ctx, a, next), err
}
