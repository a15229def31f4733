package http

import (
	"context"
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
	versions, err := s.as(ctx).ListVersions(ctx, r.ProcedureID, int(below), limit)
	if err != nil {
		return nil, err
	}
	key := func(v procedure.VersionRecord) string { return strconv.Itoa(v.Version) }
	return pageResponse(ctx, versionCursor, versions, key, versionSummary)
}

// versionSummary returns the body of a version on a page, ProcedureVersionSummary in the contract.
func versionSummary(v procedure.VersionRecord) any {
	return api.ProcedureVersionSummary{
		Version: v.Version, Digest: v.Digest, CreatedAt: v.CreatedAt.Format(audit.TimeFormat), CreatedBy: v.CreatedBy,
	}
}
