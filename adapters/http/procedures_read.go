package http

import (
	"context"
	"net/http"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/fault"
)

// GetProcedure handles GET /procedures/{procedure_id}.
func (s *server) GetProcedure(
	ctx context.Context, r api.GetProcedureRequestObject,
) (api.GetProcedureResponseObject, error) {
	v, err := s.service.Procedure(ctx, r.ProcedureID)
	if err != nil {
		return nil, err
	}
	if tag := procedureETag(v.Record); matchesETag(r.Params.IfNoneMatch, tag) {
		return notModified(map[string]string{"ETag": tag, "Cache-Control": cacheRevalidate}), nil
	}
	return callOf(ctx).procedureResponse(http.StatusOK, v, fault.IssueList{})
}
