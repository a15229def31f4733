package http

import (
	"context"
	"net/http"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/fault"
)

// GetProcedureVersion handles GET /procedures/{procedure_id}/versions/{version}.
func (s *server) GetProcedureVersion(
	ctx context.Context, r api.GetProcedureVersionRequestObject,
) (api.GetProcedureVersionResponseObject, error) {
	v, err := s.as(ctx).ProcedureVersion(ctx, r.ProcedureID, r.Version)
	if err != nil {
		return nil, err
	}
	c := callOf(ctx)
	if tag := procedureETag(v.Record, c.numbers); matchesETag(r.Params.IfNoneMatch, tag) {
		return notModified(map[string]string{"ETag": tag, "Cache-Control": s.cacheImmutable()}), nil
	}
	res, err := c.procedureResponse(http.StatusOK, v, fault.IssueList{})
	return res.withHeader("Cache-Control", s.cacheImmutable()), err
}
