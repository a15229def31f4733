package mcp

import (
	"context"

	"github.com/procedo/procedo/api/client"
)

type skipArguments struct {
	onRun
	Reason   string `json:"reason"`
	Revision *int64 `json:"revision"`
}

// skipStep handles the tool skip_step.
func (s *Server) skipStep(ctx context.Context, c call, a skipArguments) (any, error) {
	if err := s.refuseReserved(ctx, a.onRun, mayCommit); err != nil {
		return nil, err
	}
	match, err := s.ifMatch(ctx, a.RunID, a.Revision)
	if err != nil {
		return nil, err
	}
	params := client.SkipStepParams{IfMatch: match, IdempotencyKey: c.key()}
	skip := client.StepSkip{Reason: a.Reason}
	return markUnchanged(a.Revision)(s.changed(ctx)(s.api.SkipStep(ctx, a.RunID, a.Step, &params, skip)))
}
