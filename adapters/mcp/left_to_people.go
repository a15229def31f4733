package mcp

import (
	"context"

	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/api/procedo"
	"github.com/procedo/procedo/core/fault"
)

// What a definition allows assistants to do with a step: the member agents.
const (
	mayCommit = "commit"
	mayDraft  = "draft"
)

// refuseReserved returns an error if the definition leaves to people what a tool would do with a step. The service
// itself enforces that for callers who are known to be agents, and records it. Without authentication, it takes the
// tools for a person; then they refuse it themselves.
func (s *Server) refuseReserved(ctx context.Context, on onRun, need string) error {
	form, err := s.form(ctx, on.RunID, on.Step)
	if err != nil {
		return err
	}
	if form.Agents == mayCommit || form.Agents == mayDraft && need == mayDraft {
		return nil
	}
	me, err := procedo.Decode[client.Me](s.api.GetMe(ctx))
	if err != nil || me.Agent != nil {
		return err
	}
	p := newProblem(ctx, "step.agent", fault.Params{"step": form.Key, "agents": form.Agents})
	p.ConfirmAt = s.runAddress(ctx, on.RunID)
	return p
}
