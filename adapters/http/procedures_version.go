package http

import (
	"context"
	"net/http"

	"github.com/procedo/procedo/api"
)

// GetProcedureVersion answers GET /procedures/{procedure_id}/versions/{version}.
func (s *server) GetProcedureVersion(ctx context.Context, r api.GetProcedureVersionRequestObject) (api.GetProcedureVersionResponseObject, error) {
	v, err := s.service.ProcedureVersion(ctx, r.ProcedureID, r.Version)
	if err != nil {
		return nil, err
	}
	if tag := procedureTag(v.Record); noneMatch(r.Params.IfNoneMatch, tag) {
		return notModified(map[string]string{"ETag": tag, "Cache-Control": immutable}), nil
	}
	a, err := callOf(ctx).procedureAnswer(http.StatusOK, v)
	return a.with("Cache-Control", immutable), err
}
