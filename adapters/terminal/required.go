package terminal

import (
	"context"
	"slices"

	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/slot"
)

// required reports whether a slot of the open step needs a value, given the answers so far. If the slot is required
// only under a condition, the service evaluates the condition.
func (v *visit) required(ctx context.Context, s *slot.Slot) bool {
	if s.RequiredWhen == nil {
		return s.Required
	}
	form, err := v.API.Form(ctx, v.run.ID, v.step.Key)
	if err != nil {
		return false // a commit says what is missing
	}
	i := slices.IndexFunc(form.Slots, func(f client.FormSlot) bool { return f.Name == s.Name })
	return i >= 0 && form.Slots[i].Required
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
