package http

import (
	"context"
	"net/http"

	"github.com/procedo/procedo/api"
)

// GetProcedure answers GET /procedures/{procedure_id}.
func (s *server) GetProcedure(ctx context.Context, r api.GetProcedureRequestObject) (api.GetProcedureResponseObject, error) {
	v, err := s.service.Procedure(ctx, r.ProcedureID)
	if err != nil {
		return nil, err
	}
	if tag := procedureTag(v.Record); noneMatch(r.Params.IfNoneMatch, tag) {
		return notModified(map[string]string{"ETag": tag, "Cache-Control": revalidate}), nil
	}
	return callOf(ctx).procedureAnswer(http.StatusOK, v)
}
