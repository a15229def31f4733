package mcp

import (
	"context"

	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/api/procedo"
)

// shownRun is the result of the tools that answer with a run.
type shownRun struct {
	Run   runDetails  `json:"run"`
	Steps []shownStep `json:"steps"`
	Next  *nextStep   `json:"next"`           // nil if the run has ended
	Step  *readStep   `json:"step,omitempty"` // the step that get_run names
	// Repeated says that an earlier call with the same arguments had this effect, and that this one had none.
	Repeated bool `json:"repeated,omitempty"`
	// Unchanged says that the run already was as the call would have it.
	Unchanged bool   `json:"unchanged,omitempty"`
	Note      string `json:"note,omitempty"`
}

// runDetails is a run without its steps. Only get_run shows the metadata.
type runDetails struct {
	runSummary
	Diverged bool               `json:"diverged,omitempty"` // it would take another path with its present values
	Metadata client.RunMetadata `json:"metadata,omitempty"`
}

// shownStep is a step with the values that it holds, without long texts. Those of the open step are in its draft.
type shownStep struct {
	Key         string         `json:"key"`
	Title       string         `json:"title"`
	State       string         `json:"state"`
	Visit       int            `json:"visit"`
	CommittedBy *string        `json:"committed_by,omitempty"`
	Reason      *string        `json:"reason,omitempty"`
	Slots       client.Values  `json:"slots,omitempty"`
	Origins     client.Origins `json:"origins,omitempty"`
	Sensitive   []string       `json:"sensitive,omitempty"` // have a value that is not shown
	Erased      []string       `json:"erased,omitempty"`
}

// nextStep is the step that waits for its commit.
type nextStep struct {
	stepForm
	Draft   client.Values `json:"draft"`
	Missing []string      `json:"missing"`
	Confirm confirmation  `json:"confirm"`
}

// readStep is a step that get_run names, whatever its state.
type readStep struct {
	stepForm
	State string        `json:"state"`
	Slots client.Values `json:"slots"`
}

// getRun handles the tool get_run.
func (s *Server) getRun(ctx context.Context, _ call, a onRun) (any, error) {
	run, err := procedo.Decode[client.Run](s.api.GetRun(ctx, a.RunID, nil))
	if err != nil {
		return nil, err
	}
	answer, err := s.shown(ctx, run)
	if err != nil {
		return nil, err
	}
	if run.Metadata != nil {
		answer.Run.Metadata = *run.Metadata
	}
	if a.Step != "" {
		answer.Step, err = s.read(ctx, a)
	}
	return answer, err
}

// read returns a step as it can be filled in or amended.
func (s *Server) read(ctx context.Context, on onRun) (*readStep, error) {
	f, err := s.form(ctx, on.RunID, on.Step)
	if err != nil {
		return nil, err
	}
	form, err := formOf(ctx, f)
	return &readStep{form, string(f.State), givenValues(f)}, err
}

// shown returns a run with the step that is open.
func (s *Server) shown(ctx context.Context, r *client.Run) (*shownRun, error) {
	answer := &shownRun{Run: runDetails{runSummary: runSummary{
		r.ID, r.ProcedureID, r.ProcedureVersion, r.Reference, r.UserID, string(r.State), r.Revision, r.CurrentStep,
		r.UpdatedAt,
	}, Diverged: r.Diverged}, Steps: []shownStep{}}
	draft := client.Values{}
	for _, step := range r.Steps {
		slots, err := shortened(shownValues(step))
		if err != nil {
			return nil, err
		}
		if step.State == client.StepStateOpen {
			draft, slots = slots, nil
		}
		answer.Steps = append(answer.Steps, shownStep{
			step.Key, step.Title, string(step.State), step.Visit, step.CommittedBy, step.Reason, slots, step.Origins,
			step.Sensitive, step.Erased,
		})
	}
	if r.CurrentStep == nil {
		return answer, nil
	}
	f, err := s.form(ctx, r.ID, *r.CurrentStep)
	if err != nil {
		return nil, err
	}
	form, err := formOf(ctx, f)
	answer.Next = &nextStep{form, draft, f.Missing, s.confirmation(ctx, f.RunID, f.Agents)}
	return answer, err
}

// form reads a step as a form.
func (s *Server) form(ctx context.Context, run, step string) (*client.StepForm, error) {
	return procedo.Decode[client.StepForm](s.api.GetRunStep(ctx, run, step, nil))
}
