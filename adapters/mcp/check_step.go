package mcp

import (
	"context"
	"strconv"

	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/api/procedo"
	"github.com/procedo/procedo/core/fault"
)

// checkStep handles the tool check_step.
func (s *Server) checkStep(ctx context.Context, _ call, a content) (any, error) {
	if err := s.refuse(ctx, a, mayDraft); err != nil {
		return nil, err
	}
	if err := s.refuseStale(ctx, a); err != nil {
		return nil, err
	}
	return s.check(ctx, a)
}

// refuseStale returns an error if the run has another revision than the arguments name, as a write would.
func (s *Server) refuseStale(ctx context.Context, a content) error {
	if a.Revision == nil {
		return nil
	}
	run, err := procedo.Decode[client.Run](s.api.GetRun(ctx, a.RunID, nil))
	if err != nil || run.Revision == *a.Revision {
		return err
	}
	return newProblem(ctx, "run.stale", fault.Params{
		"revision": strconv.FormatInt(run.Revision, 10), "state": string(run.State), // as the API has them for strings
	})
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
