package run

import (
	"context"
	"slices"

	"github.com/procedo/procedo/core/budget"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/slot"
)

// Check is what a commit would lead to.
type Check struct {
	// Refusal is the refusal of the commit that other data may avoid; nil if the commit would be accepted.
	Refusal *fault.Error
	// Needed are the fields of the step that a commit needs, Missing those of them that are not given, and
	// NotApplicable the fields that do not apply. All are in the order of the definition.
	Needed, Missing, NotApplicable []string
	Conditions                     []ConditionResult // in the order of evaluation, each once
	After                          Run               // the run after the commit; the present run if it would be refused
	PassedOver                     []int             // the steps that the commit would pass over
}

// CheckCommit returns what Decide would decide about a commit, and why. A commit that Decide refuses whatever values it
// submits is refused with the same error: for an unknown step, for a step that does not allow an agent to prepare it,
// for a step or a visit that is not open, or because the run has ended. Where an agent may only prepare the step, the
// check says what Decide would decide if the step allowed the agent to commit: a person commits later. A check never
// says that a sensitive value is the one that a step was committed with, because it leaves no trace: it refuses a
// repeat that submits one.
func CheckCommit(ctx context.Context, r Run, c Commit, by Stamp) (Check, error) {
	b := budget.New(ctx)
	d := decider{run: r, stamp: by, budget: b, checks: true}
	m, err := c.decideContent(&d)
	if b.Err() != nil {
		return Check{}, b.Err()
	}
	if err == nil {
		err = checkSize(r, d.decision.Events, MaxSize)
	}
	check := Check{After: r}
	if err == nil {
		if check.After, err = Fold(r, d.decision.Events); err != nil {
			return Check{}, fault.From(err)
		}
	} else if check.Refusal = fault.From(err); !dependsOnData(check.Refusal) {
		return Check{}, err
	}
	i, _ := r.Version.StepIndex(c.Step)
	if m.base == nil { // it repeats a commit
		check.NotApplicable = inapplicableFields(d.repeatOf(i, c.Visit), r.Version.Steps[i].Slots)
		return check, nil
	}
	check.addFields(&r, i, &m)
	check.addPath(&r, m.conditions, d.decision.Events)
	return check, b.Err()
}

// dependsOnData reports whether a commit with other values might be accepted in place of the refused one.
func dependsOnData(refusal *fault.Error) bool {
	return refusal.Kind == fault.Invalid || refusal.Code == MaxVisitsExceeded
}

// addFields sets the fields that are needed, missing or not applicable.
func (c *Check) addFields(r *Run, i int, m *merged) {
	def, s := &r.Version.Steps[i], newStatuses(r, m)
	add := func(field string, f *FieldStatus) {
		if f.Needed {
			c.Needed = append(c.Needed, field)
		}
		if f.Missing {
			c.Missing = append(c.Missing, field)
		}
		if f.Applies() == checklist.No {
			c.NotApplicable = append(c.NotApplicable, field)
		}
	}
	for j, f := range s.slots(def) {
		add(slot.FieldOf(def.Slots[j].Name), &f)
	}
	for j, f := range s.items(def) {
		add(checklist.FieldOf(def.Items[j].Key), &f)
	}
}

// addPath sets the conditions and the steps that the commit would pass over. The given conditions are those of the step
// itself; the events have those of the path.
func (c *Check) addPath(r *Run, own []ConditionResult, events []Event) {
	sealed, seen := r.sealedNames(), map[string]bool{}
	add := func(results []ConditionResult) {
		for _, result := range results {
			if !seen[result.Condition] {
				seen[result.Condition] = true
				c.Conditions = append(c.Conditions, withoutNames(result, sealed))
			}
		}
	}
	add(own)
	for _, e := range events {
		add(ConditionsOf(e.Fact))
		if passed, ok := e.Fact.(StepNotApplicable); ok {
			c.PassedOver = append(c.PassedOver, passed.Step)
		}
	}
}

// inapplicableFields returns the fields of a committed visit that do not apply.
func inapplicableFields(v *Visit, slots []slot.Slot) (fields []string) {
	for j := range v.Slots {
		if v.Slots[j].NotApplicable {
			fields = append(fields, slot.FieldOf(slots[j].Name))
		}
	}
	for _, it := range v.Items {
		if it.NotApplicable {
			fields = append(fields, checklist.FieldOf(it.Key))
		}
	}
	return slices.Clip(fields)
}
