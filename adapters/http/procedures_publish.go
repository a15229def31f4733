package http

import (
	"context"

	"github.com/procedo/procedo/api"
)

// PublishProcedure handles PUT /procedures/{procedure_id}.
func (s *server) PublishProcedure(
	ctx context.Context, r api.PublishProcedureRequestObject,
) (api.PublishProcedureResponseObject, error) {
	c := callOf(ctx)
	req := c.request()
	req.IfMatch = procedureCondition(r.Params.IfMatch)
	saved, err := s.as(ctx).PublishProcedure(ctx, req, r.ProcedureID, c.numbers.readDefinition(c.document))
	if err != nil {
		return nil, err
	}
	return savedRenderer(ctx).response(saved)
}
