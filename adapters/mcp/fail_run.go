package mcp

import (
	"context"

	"github.com/procedo/procedo/api/client"
)

type failArguments struct {
	RunID    string `json:"run_id"`
	Reason   string `json:"reason"`
	Revision *int64 `json:"revision"`
}

// failRun handles the tool fail_run.
func (s *Server) failRun(ctx context.Context, c call, a failArguments) (any, error) {
	match, err := s.ifMatch(ctx, a.RunID, a.Revision)
	if err != nil {
		return nil, err
	}
	params := client.FailRunParams{IfMatch: match, IdempotencyKey: c.key()}
	return s.changed(ctx)(s.api.FailRun(ctx, a.RunID, &params, client.RunFailure{Reason: a.Reason})) //nolint:bodyclose // changed closes it
}
