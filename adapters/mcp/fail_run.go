package mcp

import (
	"context"

	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/api/procedo"
)

type failArguments struct {
	RunID    string `json:"run_id"`
	Reason   string `json:"reason"`
	Revision *int64 `json:"revision"`
}

// failRun handles the tool fail_run.
func (s *Server) failRun(ctx context.Context, c call, a failArguments) (any, error) {
	run, err := procedo.Decode[client.Run](s.api.GetRun(ctx, a.RunID, nil))
	if err == nil && run.CurrentStep != nil {
		err = s.refuseReserved(ctx, onRun{a.RunID, *run.CurrentStep}, mayCommit)
	}
	if err != nil {
		return nil, err
	}
	match, err := s.ifMatch(ctx, a.RunID, a.Revision)
	if err != nil {
		return nil, err
	}
	params := client.FailRunParams{IfMatch: match, IdempotencyKey: c.key()}
	return markUnchanged(a.Revision)(s.changed(ctx)(s.api.FailRun(ctx, a.RunID, &params, client.RunFailure{Reason: a.Reason})))
}
