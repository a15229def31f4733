package mcp

import (
	"context"

	"github.com/procedo/procedo/api/client"
)

type amendArguments struct {
	content
	Reason string `json:"reason"`
}

// amendStep handles the tool amend_step.
func (s *Server) amendStep(ctx context.Context, c call, a amendArguments) (any, error) {
	if err := s.refuse(ctx, a.content, mayCommit); err != nil {
		return nil, err
	}
	match, err := s.ifMatch(ctx, a.RunID, a.Revision)
	if err != nil {
		return nil, err
	}
	params, draft := client.AmendStepParams{IfMatch: match, IdempotencyKey: c.key()}, a.draft()
	return markUnchanged(a.Revision)(s.changed(ctx)(s.api.AmendStep(ctx, a.RunID, a.Step, &params, client.StepAmend{
		Slots: draft.Slots, Checklist: draft.Checklist, Origins: draft.Origins, Reason: a.Reason,
	})))
}
