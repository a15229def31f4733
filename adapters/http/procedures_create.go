package http

import (
	"context"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/jsondoc"
)

// CreateProcedure answers POST /procedures.
func (s *server) CreateProcedure(ctx context.Context, r api.CreateProcedureRequestObject) (api.CreateProcedureResponseObject, error) {
	doc, err := document(ctx)
	if err != nil {
		return nil, err
	}
	render := callOf(ctx).savedAnswer
	return s.idempotent(ctx, r.Params.IdempotencyKey, render, func(req app.Request) (answer, error) {
		saved, err := s.service.CreateProcedure(ctx, req, doc)
		if err != nil {
			return answer{}, err
		}
		return render(saved)
	})
}

// document is the body of the call as the core reads definitions.
func document(ctx context.Context) (*jsondoc.Node, error) {
	n, err := jsondoc.Parse(callOf(ctx).body)
	if err != nil {
		return nil, malformed(err)
	}
	return n, nil
}
