package run

import (
	"context"

	"github.com/procedo/procedo/core/budget"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/slot"
)

// Outlook is what the conditions of a run say at present.
type Outlook struct {
	Progress Progress
	// Inapplicable holds for each step the fields that do not apply. For an open step, it has a field only if its
	// condition is false and all values that the condition reads are settled.
	Inapplicable [][]string
}

// Outlook evaluates the conditions of the run. All of them share one budget; a condition for which it does not suffice
// counts as undecided. If ctx is cancelled, the result is useless.
func (r Run) Outlook(ctx context.Context) Outlook {
	o := outlook{run: &r, budget: budget.New(ctx)}
	all := Outlook{Progress: o.progress(), Inapplicable: make([][]string, len(r.Steps))}
	for i := range r.Steps {
		all.Inapplicable[i] = o.inapplicable(i)
	}
	return all
}

// outlook is what the conditions of one Outlook share.
type outlook struct {
	run    *Run
	meta   metadataCache
	budget *budget.Budget
}

func (o *outlook) view(i int) view {
	return view{run: o.run, meta: &o.meta, budget: o.budget, at: i, closed: -1}
}

// inapplicable returns the fields of step i that do not apply.
func (o *outlook) inapplicable(i int) (fields []string) {
	def, s := &o.run.Version.Steps[i], &o.run.Steps[i]
	if !def.Conditional || s.State != Committed && s.State != Open {
		return nil
	}
	v := o.view(i)
	v.own = s.Slots
	excludes := func(c *condition.Condition) bool {
		if c == nil || s.State != Open {
			return false
		}
		applies := v.settledResult(c)
		return applies != nil && !*applies
	}
	for j := range def.Slots {
		if s.Slots[j].NotApplicable || excludes(def.Slots[j].When) {
			fields = append(fields, slot.FieldOf(def.Slots[j].Name))
		}
	}
	for j := range def.Items {
		if s.Items[j].NotApplicable || excludes(def.Items[j].When) {
			fields = append(fields, checklist.FieldOf(def.Items[j].Key))
		}
	}
	return fields
}
