package mcp

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/api/procedo"
	"github.com/procedo/procedo/core/fault"
)

// refuse returns an error if a tool must not do what it needs with a step, or must not be given the content.
func (s *Server) refuse(ctx context.Context, a content, need string) error {
	if err := s.refuseReserved(ctx, a.onRun, need); err != nil {
		return err
	}
	return s.refuseSensitive(ctx, a)
}

// refuseSensitive returns an error if the content names a sensitive slot: such a value must not pass through an
// assistant, even if the slot does not apply now. The error does not contain the value.
func (s *Server) refuseSensitive(ctx context.Context, a content) error {
	if len(a.Slots) == 0 {
		return nil
	}
	sensitive, err := s.sensitiveSlots(ctx, a.onRun)
	if err != nil {
		return err
	}
	return s.refuseGiven(ctx, a, sensitive)
}

// refuseGiven returns an error if the content names one of the sensitive slots.
func (s *Server) refuseGiven(ctx context.Context, a content, sensitive []string) error {
	p := newProblem(ctx, "assistant.sensitive", nil)
	p.ConfirmAt = s.runAddress(ctx, a.RunID)
	for _, name := range sensitive {
		if _, given := a.Slots[name]; given {
			issue := fault.Issue{Field: "slots." + name, Code: "assistant.sensitive_slot"}
			p.Issues = append(p.Issues, client.Issue{
				Field: issue.Field, Code: issue.Code, Params: map[string]any{}, Message: callerOf(ctx).locale.Issue(issue),
			})
		}
	}
	if len(p.Issues) == 0 {
		return nil
	}
	return p
}

// sensitiveSlots returns the names of the sensitive slots of a step, in order. It asks the definition: a form shows
// only the slots that apply.
func (s *Server) sensitiveSlots(ctx context.Context, on onRun) (names []string, err error) {
	run, err := procedo.Decode[client.Run](s.api.GetRun(ctx, on.RunID, nil))
	if err != nil {
		return nil, err
	}
	document, err := procedo.Read(s.api.GetProcedureVersion(ctx, run.ProcedureID, run.ProcedureVersion, nil))
	if err != nil {
		return nil, err
	}
	var definition struct {
		Steps []struct {
			Key   string
			Slots []struct {
				Name      string
				Sensitive bool
			}
		}
	}
	if err := json.Unmarshal(document, &definition); err != nil {
		return nil, err
	}
	for _, step := range definition.Steps {
		if step.Key != on.Step {
			continue
		}
		for _, slot := range step.Slots {
			if slot.Sensitive {
				names = append(names, slot.Name)
			}
		}
	}
	slices.Sort(names)
	return names, nil
}
