package mcp

import (
	"context"

	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/api/procedo"
)

// checkStep handles the tool check_step.
func (s *Server) checkStep(ctx context.Context, _ call, a content) (any, error) {
	if err := s.refuse(ctx, a, mayDraft); err != nil {
		return nil, err
	}
	return s.check(ctx, a)
}

// check says what a commit of the draft with the content laid over it would lead to.
func (s *Server) check(ctx context.Context, a content) (*client.StepCheck, error) {
	check, err := procedo.Decode[client.StepCheck](s.api.CheckStep(ctx, a.RunID, a.Step, client.StepCommit(a.draft())))
	if err != nil {
		return nil, err
	}
	for i, issue := range check.Issues {
		worded := forAssistant(callerOf(ctx).locale, []client.Issue{client.Issue(issue)})
		check.Issues[i] = client.CheckIssue(worded[0])
	}
	return check, nil
}
