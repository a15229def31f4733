package http

import (
	"context"
	"net/http"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// CheckStep handles POST /runs/{run_id}/steps/{step_key}/check. Without a body, it checks a commit of the draft.
func (s *server) CheckStep(ctx context.Context, r api.CheckStepRequestObject) (api.CheckStepResponseObject, error) {
	c, b := callOf(ctx), deref(r.Body)
	commit := run.Commit{Submission: submission(r.StepKey, b.Slots, b.Checklist, b.Origins, b.Visit)}
	present, check, err := s.as(ctx).CheckCommit(ctx, c.request(), r.RunID, commit)
	if err != nil {
		return nil, err
	}
	if check.Refusal != nil {
		c.showLabels(present.Version.Definition, r.StepKey)
	}
	return jsonResponse(http.StatusOK, c.stepCheck(check), map[string]string{
		"Cache-Control": cacheNever, "Content-Language": c.locale.Language(),
	})
}

// The types of the response, StepCheck and NextStep in the contract.
type (
	stepCheck struct {
		Committable   bool           `json:"committable"`
		Issues        []problemIssue `json:"issues"`
		IssueCount    int            `json:"issue_count"`
		Missing       []string       `json:"missing"`
		NotApplicable []string       `json:"not_applicable"`
		Needed        []string       `json:"needed"`
		Next          *nextStep      `json:"next"`
		Decisions     []decision     `json:"decisions"`
	}
	nextStep struct {
		RunState   string   `json:"run_state"`
		Step       *string  `json:"step"`
		Title      *string  `json:"title"`
		Visit      *int     `json:"visit"`
		PassedOver []string `json:"passed_over"`
	}
)

func (c *call) stepCheck(check run.Check) stepCheck {
	body := stepCheck{
		Committable: check.Refusal == nil, Issues: []problemIssue{}, Missing: append([]string{}, check.Missing...),
		NotApplicable: append([]string{}, check.NotApplicable...), Needed: append([]string{}, check.Needed...),
		Decisions: decisions(check.Conditions),
	}
	if check.Refusal == nil {
		body.Next = newNextStep(check, check.After.Version.In(c.locale.Wanted()))
		return body
	}
	body.Issues, body.IssueCount = c.issues(check.Refusal.List().First), check.Refusal.IssueCount()
	if body.IssueCount == 0 {
		body.Issues, body.IssueCount = []problemIssue{c.refusalIssue(check.Refusal)}, 1
	}
	return body
}

// refusalIssue returns an issue that stands for a refusal without issues. Its message is the detail of the problem.
func (c *call) refusalIssue(refusal *fault.Error) problemIssue {
	p := c.problem("", refusal)
	return problemIssue{Code: p.Code, Params: p.Params, Message: p.Detail}
}

func newNextStep(check run.Check, texts procedure.Localizer) *nextStep {
	after := check.After
	next := &nextStep{RunState: string(after.State), PassedOver: []string{}}
	for _, i := range check.PassedOver {
		next.PassedOver = append(next.PassedOver, after.Version.Steps[i].Key)
	}
	if i := after.Current(); i >= 0 {
		def := &after.Version.Steps[i]
		next.Step, next.Title, next.Visit = optional(def.Key), optional(texts.Step(def)), &after.Steps[i].Number
	}
	return next
}
