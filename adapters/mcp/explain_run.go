package mcp

import (
	"context"

	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/api/procedo"
)

type explainRunArguments struct {
	onRun
	Cursor *string `json:"cursor"`
	Limit  *int    `json:"limit"`
}

// explanation is the result of the tool explain_run.
type explanation struct {
	Exceptions []client.RunException `json:"exceptions"`
	NextCursor *string               `json:"next_cursor,omitempty"`
	Step       *explainedStep        `json:"step"` // nil if no step is open and none was named
}

// explainedStep says why a step and its parts apply or not.
type explainedStep struct {
	Key           string                    `json:"key"`
	State         string                    `json:"state"`
	When          any                       `json:"when"`
	Transition    *string                   `json:"transition"`
	Decisions     []client.Decision         `json:"decisions"`
	Rules         []client.FormRule         `json:"rules"`
	NotApplicable []client.ConditionalField `json:"not_applicable"`
	Undecided     []client.ConditionalField `json:"undecided"`
}

// explainRun handles the tool explain_run.
func (s *Server) explainRun(ctx context.Context, _ call, a explainRunArguments) (any, error) {
	list, err := procedo.Decode[client.RunExceptionList](s.api.ListRunExceptions(ctx, a.RunID, &client.ListRunExceptionsParams{
		Cursor: a.Cursor, Limit: limitOf(a.Limit),
	}))
	if err != nil {
		return nil, err
	}
	answer := explanation{Exceptions: list.Items, NextCursor: list.NextCursor}
	step := a.Step
	if step == "" {
		run, err := procedo.Decode[client.Run](s.api.GetRun(ctx, a.RunID, nil))
		if err != nil || run.CurrentStep == nil {
			return answer, err
		}
		step = *run.CurrentStep
	}
	f, err := s.form(ctx, a.RunID, step)
	if err != nil {
		return nil, err
	}
	answer.Step = &explainedStep{
		f.Key, string(f.State), f.When, f.Transition, f.Decisions, f.Rules, f.NotApplicable, f.Undecided,
	}
	return answer, nil
}
