package mcp

import (
	"context"

	"github.com/procedo/procedo/api/client"
)

type startRunArguments struct {
	ProcedureID      string          `json:"procedure_id"`
	ProcedureVersion *int            `json:"procedure_version"`
	Reference        *string         `json:"reference"`
	UserID           *string         `json:"user_id"`
	Metadata         client.Metadata `json:"metadata"`
	// Key only makes calls differ that are otherwise equal.
	Key string `json:"key"`
}

// startRun handles the tool start_run.
func (s *Server) startRun(ctx context.Context, c call, a startRunArguments) (any, error) {
	run, err := s.changed(ctx)(s.api.StartRun(ctx, &client.StartRunParams{IdempotencyKey: c.key()}, client.RunStart{
		ProcedureID: a.ProcedureID, ProcedureVersion: a.ProcedureVersion, Reference: a.Reference, UserID: a.UserID,
		Metadata: a.Metadata,
	}))
	if err == nil && run.Repeated {
		run.Note = callerOf(ctx).locale.Text("assistant.repeated_start", nil)
	}
	return run, err
}
