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

// ListProcedureVersions handles GET /procedures/{procedure_id}/versions.
func (s *server) ListProcedureVersions(
	ctx context.Context, r api.ListProcedureVersionsRequestObject,
) (api.ListProcedureVersionsResponseObject, error) {
	below, err := parseNumberCursor(versionCursor, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	limit := limitOf(r.Params.Limit)
	versions, err := s.service.ListVersions(ctx, r.ProcedureID, int(below), limit+1)
	if err != nil {
		return nil, err
	}
	key := func(v procedure.VersionRecord) string { return strconv.Itoa(v.Version) }
	versions, next := page(versionCursor, versions, limit, key)
	items := make([]api.ProcedureVersionSummary, len(versions))
	for i, v := range versions {
		items[i] = api.ProcedureVersionSummary{
			Version: v.Version, Digest: v.Digest, CreatedAt: v.CreatedAt.Format(audit.TimeFormat), CreatedBy: v.CreatedBy,
		}
	}
	res, err := jsonResponse(http.StatusOK, api.ProcedureVersionList{Items: items, NextCursor: optional(next)}, nil)
	return s.paginated(ctx, res, next), err
}
