package http

import (
	"context"
	"net/http"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/run"
)

// StartRun answers POST /runs.
func (s *server) StartRun(ctx context.Context, r api.StartRunRequestObject) (api.StartRunResponseObject, error) {
	start := app.StartInput{
		ProcedureID: r.Body.ProcedureID, Version: deref(r.Body.ProcedureVersion),
		UserID: deref(r.Body.UserID), Reference: deref(r.Body.Reference),
	}
	if err := startLines(start); err != nil {
		return nil, err
	}
	if len(r.Body.Metadata) > 0 {
		meta, err := jsondoc.Parse(r.Body.Metadata)
		if err != nil {
			return nil, malformed(err)
		}
		start.Metadata = meta
	}
	return idempotent(ctx, s, r.Params.IdempotencyKey, runOperation(func(req app.Request) (run.Run, error) {
		return s.service.StartRun(ctx, req, start)
	}, runRenderer(ctx, http.StatusCreated)))
}

// startLines holds what must be one short line.
func startLines(start app.StartInput) error {
	var issues []fault.Issue
	if !isLine(start.UserID) {
		issues = append(issues, lineIssue("/user_id"))
	}
	if !isLine(start.Reference) {
		issues = append(issues, lineIssue("/reference"))
	}
	return invalidRequest(issues)
}
