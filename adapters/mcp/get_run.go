package mcp

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/api/procedo"
)

// shownRun is the result of the tools that answer with a run.
type shownRun struct {
	Run   runSummary  `json:"run"`
	Steps []shownStep `json:"steps"`
	Next  *nextStep   `json:"next"` // nil if the run has ended
	// Repeated says that an earlier call with the same arguments had this effect, and that this one had none.
	Repeated bool   `json:"repeated,omitempty"`
	Note     string `json:"note,omitempty"`
}

// shownStep is a step with the values that it holds.
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

// shownValues returns the values of a step that can be read. In the API, the others are null, which an assistant would
// take for no value.
func shownValues(step client.RunStep) client.Values {
	values := client.Values{}
	for name, value := range step.Slots {
		if !slices.Contains(step.Sensitive, name) && !slices.Contains(step.Erased, name) {
			values[name] = value
		}
	}
	return values
}

// nextStep is the step that waits for its commit.
type nextStep struct {
	Step      string          `json:"step"`
	Visit     int             `json:"visit"`
	Title     string          `json:"title"`
	Prompt    *string         `json:"prompt"`
	Skippable bool            `json:"skippable"`
	Agents    string          `json:"agents"`       // what an assistant may do with the step: commit, draft or none
	Schema    json.RawMessage `json:"slots_schema"` // a JSON Schema of exactly the slots that an assistant may give now
	Checklist []shownItem     `json:"checklist"`
	Draft     client.Values   `json:"draft"`
	Missing   []string        `json:"missing"`
	ByPerson  []string        `json:"by_person,omitempty"` // the sensitive slots, which only a person fills in
	Confirm   confirmation    `json:"confirm"`
}

// shownItem is an item of a checklist.
type shownItem struct {
	Key         string  `json:"key"`
	Label       string  `json:"label"`
	Description *string `json:"description,omitempty"`
	Required    bool    `json:"required"`
	Completed   bool    `json:"completed"`
}

// getRun handles the tool get_run.
func (s *Server) getRun(ctx context.Context, _ call, a onRun) (any, error) {
	run, err := procedo.Decode[client.Run](s.api.GetRun(ctx, a.RunID, nil))
	if err != nil {
		return nil, err
	}
	return s.shown(ctx, run)
}

// shown returns a run with the step that is open.
func (s *Server) shown(ctx context.Context, r *client.Run) (*shownRun, error) {
	answer := &shownRun{Run: runSummary{
		r.ID, r.ProcedureID, r.ProcedureVersion, r.Reference, r.UserID, string(r.State), r.Revision, r.CurrentStep,
		r.UpdatedAt,
	}, Steps: []shownStep{}}
	for _, step := range r.Steps {
		answer.Steps = append(answer.Steps, shownStep{
			step.Key, step.Title, string(step.State), step.Visit, step.CommittedBy, step.Reason, shownValues(step),
			step.Origins, step.Sensitive, step.Erased,
		})
	}
	if r.CurrentStep == nil {
		return answer, nil
	}
	form, err := s.form(ctx, r.ID, *r.CurrentStep)
	if err != nil {
		return nil, err
	}
	answer.Next, err = s.next(ctx, form)
	return answer, err
}

// form reads a step as a form.
func (s *Server) form(ctx context.Context, run, step string) (*client.StepForm, error) {
	return procedo.Decode[client.StepForm](s.api.GetRunStep(ctx, run, step, nil))
}

// next returns what an assistant needs to draft the open step.
func (s *Server) next(ctx context.Context, f *client.StepForm) (*nextStep, error) {
	n := &nextStep{
		Step: f.Key, Visit: f.Visit, Title: f.Title, Prompt: f.Prompt, Skippable: f.Skippable, Checklist: []shownItem{},
		Draft: client.Values{}, Missing: f.Missing, Agents: f.Agents, Confirm: s.confirmation(ctx, f.RunID, f.Agents),
	}
	for _, slot := range f.Slots {
		switch {
		case slot.Sensitive:
			n.ByPerson = append(n.ByPerson, slot.Name)
		case slot.Given && !slot.Erased:
			n.Draft[slot.Name] = slot.Value
		}
	}
	for _, item := range f.Checklist {
		n.Checklist = append(n.Checklist, shownItem{item.Key, item.Label, item.Description, item.Required, item.Completed})
	}
	var err error
	n.Schema, err = slotsSchema(callerOf(ctx).locale, f)
	return n, err
}
