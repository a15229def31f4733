package terminal

import (
	"context"
	"slices"

	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/slot"
)

// required reports whether a slot of the open step needs a value, given the answers so far. If the slot is required
// only under a condition, the core evaluates the condition: required simulates the run without this value and looks
// whether the value is missing.
func (v *visit) required(ctx context.Context, s *slot.Slot) bool {
	if s.RequiredWhen == nil {
		return s.Required
	}
	metadata := []byte("{}") // also if the metadata were erased
	if v.run.Metadata != nil {
		var err error
		if metadata, err = json.Marshal(v.run.Metadata); err != nil {
			return false
		}
	}
	params := run.StartParams{
		ID: v.run.ID, Version: &procedure.Version{Definition: v.def, Number: v.run.ProcedureVersion}, Metadata: metadata,
	}
	done := run.Simulate(ctx, params, v.answersWithout(s), run.Stamp{Actor: "simulation", At: v.Now().UTC()})
	for _, p := range done.Path {
		if p.Step == v.index && p.Visit > 0 {
			return slices.Contains(p.Missing, slot.FieldOf(s.Name))
		}
	}
	return false
}

// answersWithout returns the values of the run's committed, skipped and open steps, except the value of one slot of the
// open step. It leaves out sensitive values, because conditions cannot read them.
func (v *visit) answersWithout(s *slot.Slot) (answers []run.SimulationAnswer) {
	for i := range v.run.Steps {
		step := &v.run.Steps[i]
		if i != v.index && step.State != client.StepStateCommitted && step.State != client.StepStateSkipped {
			continue
		}
		a := run.SimulationAnswer{
			Step: step.Key, Slots: map[string][]byte{}, Skip: step.State == client.StepStateSkipped,
		}
		for name, raw := range step.Slots {
			if i != v.index || name != s.Name {
				a.Slots[name] = raw
			}
		}
		answers = append(answers, a)
	}
	return answers
}

// problemText returns the title and detail of a problem. Where the service names a step by its key, problemText names
// it by its title.
func (w *Walker) problemText(r *ProblemError) (title, detail string) {
	params := fault.Params{}
	for name, value := range r.Params {
		if key, ok := value.(string); ok && (name == "current_step" || name == "step") {
			value = StepTitle(w.run, key)
		}
		params[name] = value
	}
	own, worded := w.Locale.Problem(r.Code, params)
	if own == "problem."+r.Code+".title" { // no message for this code: the service is newer than this program
		return r.Title, r.Detail
	}
	return own, worded
}
