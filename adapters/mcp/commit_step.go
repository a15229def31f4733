package mcp

import (
	"context"

	"github.com/procedo/procedo/api/client"
)

// commitStep handles the tool commit_step.
func (s *Server) commitStep(ctx context.Context, c call, a content) (any, error) {
	if err := s.refuse(ctx, a, mayCommit); err != nil {
		return nil, err
	}
	match, err := s.ifMatch(ctx, a.RunID, a.Revision)
	if err != nil {
		return nil, err
	}
	params := client.CommitStepParams{IfMatch: match, IdempotencyKey: c.key()}
	return markUnchanged(a.Revision)(s.changed(ctx)(s.api.CommitStep(ctx, a.RunID, a.Step, &params, client.StepCommit(a.draft()))))
}
