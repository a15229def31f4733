package http

import (
	"context"

	"github.com/procedo/procedo/api"
)

// PublishProcedure handles PUT /procedures/{procedure_id}.
func (s *server) PublishProcedure(
	ctx context.Context, r api.PublishProcedureRequestObject,
) (api.PublishProcedureResponseObject, error) {
	doc, err := document(ctx)
	if err != nil {
		return nil, err
	}
	req := callOf(ctx).request()
	req.IfMatch = procedureCondition(r.Params.IfMatch)
	saved, err := s.service.PublishProcedure(ctx, req, r.ProcedureID, doc)
	if err != nil {
		return nil, err
	}
	return savedRenderer(ctx).response(saved)
}
