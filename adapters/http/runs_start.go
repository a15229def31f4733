package http

import (
	"context"
	"net/http"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
)

// StartRun handles POST /runs.
func (s *server) StartRun(ctx context.Context, r api.StartRunRequestObject) (api.StartRunResponseObject, error) {
	start := app.StartInput{
		ProcedureID: r.Body.ProcedureID, Version: deref(r.Body.ProcedureVersion),
		UserID: deref(r.Body.UserID), Reference: deref(r.Body.Reference),
	}
	if err := checkLines(start); err != nil {
		return nil, err
	}
	start.Metadata = callOf(ctx).document.Get("metadata")
	return idempotent(ctx, s, r.Params.IdempotencyKey, runOperation(func(req app.Request) (run.Run, error) {
		return s.as(ctx).StartRun(ctx, req, start)
	}, runRenderer(ctx, http.StatusCreated)))
}

// checkLines returns an error if the user id or the reference is not a single line.
func checkLines(start app.StartInput) error {
	var issues []fault.Issue
	if !isSingleLine(start.UserID) {
		issues = append(issues, lineIssue("/user_id"))
	}
	if !isSingleLine(start.Reference) {
		issues = append(issues, lineIssue("/reference"))
	}
	return invalidRequest(issues)
}
