package http

import (
	"context"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/jsondoc"
)

// CreateProcedure handles POST /procedures.
func (s *server) CreateProcedure(
	ctx context.Context, r api.CreateProcedureRequestObject,
) (api.CreateProcedureResponseObject, error) {
	doc, err := document(ctx)
	if err != nil {
		return nil, err
	}
	return idempotent(ctx, s, r.Params.IdempotencyKey, procedureOperation(func(req app.Request) (app.Saved, error) {
		return s.service.CreateProcedure(ctx, req, doc)
	}, savedRenderer(ctx)))
}

// document parses the body of the call, which is a procedure document.
func document(ctx context.Context) (*jsondoc.Node, error) {
	n, err := jsondoc.Parse(callOf(ctx).body)
	if err != nil {
		return nil, malformed(err)
	}
	return n, nil
}
