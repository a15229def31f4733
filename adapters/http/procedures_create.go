package http

import (
	"context"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/app"
)

// CreateProcedure handles POST /procedures.
func (s *server) CreateProcedure(
	ctx context.Context, r api.CreateProcedureRequestObject,
) (api.CreateProcedureResponseObject, error) {
	c := callOf(ctx)
	doc := c.numbers.readDefinition(c.document)
	return idempotent(ctx, s, r.Params.IdempotencyKey, procedureOperation(func(req app.Request) (app.Saved, error) {
		return s.as(ctx).CreateProcedure(ctx, req, doc)
	}, savedRenderer(ctx)))
}
