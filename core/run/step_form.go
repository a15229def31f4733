package run

import (
	"context"
	"slices"
	"time"

	"github.com/procedo/procedo/core/budget"
	"github.com/procedo/procedo/core/condition"
)

// StepForm is what a form for the present visit of a step needs, besides the definition and the values of the step. It
// says what a commit of the draft, or an amendment of a committed step, would decide at present.
type StepForm struct {
	Slots, Items []FieldStatus      // in the order of the definition
	Rules        []*ConditionStatus // one for each rule; decided only if the rule would be asked
	// When is the step's own condition; nil if there is none, or if it was not asked because a transition passed over
	// the step.
	When *ConditionStatus
	// Transition is the JSON pointer of the transition that passed over the step; empty if none did. Conditions are the
	// results of the conditions of this and the transitions before it.
	Transition string
	Conditions []ConditionResult
}

// StepForm returns the form of step i at the given time. All conditions share one budget; one for which it does not
// suffice counts as failed. If ctx is cancelled, the error is that of ctx.
func (r Run) StepForm(ctx context.Context, i int, at time.Time) (StepForm, error) {
	b := budget.New(ctx)
	d := decider{run: r, stamp: Stamp{At: at}, budget: b}
	def, s, mode := &r.Version.Steps[i], &r.Steps[i], formMode
	if s.State == Committed {
		mode = amendMode
	}
	// The refusal is that of the content as it stands. The form shows it as what is missing.
	m, _ := d.merge(i, &s.Visit, &Submission{Step: def.Key}, mode)
	if err := b.Err(); err != nil {
		return StepForm{}, err
	}
	fields := newStatuses(&r, &m)
	form := StepForm{Slots: fields.slots(def), Items: fields.items(def)}
	for k := range def.Rules {
		form.Rules = append(form.Rules, fields.rule(def.Rules[k].Assert))
	}
	if s.State == NotApplicable {
		d.findPassage(i, &form)
	}
	if form.Transition == "" && def.When != nil {
		form.When = d.whenStatus(i, def.When)
	}
	return form, b.Err()
}

// rule is like of, for a rule. A rule that reads an absent value without a guard is not asked.
func (s *statuses) rule(c *condition.Condition) *ConditionStatus {
	if !s.merged.isUndecided(c) && s.merged.view.lacksValue(c) {
		return &ConditionStatus{ConditionResult: ConditionResult{Condition: c.Pointer, Expression: c.Source}}
	}
	return s.of(c)
}

// whenStatus returns what the own condition of step i says.
func (d *decider) whenStatus(i int, c *condition.Condition) *ConditionStatus {
	m := merged{step: i, mode: formMode, view: d.view(i), undecided: make([]bool, len(d.run.Version.Steps[i].Slots))}
	return newStatuses(&d.run, &m).of(c)
}

// findPassage sets the transition that passed over step i, if one did. This is a transition of the last closed step
// before it.
func (d *decider) findPassage(i int, form *StepForm) {
	k := i - 1
	for k >= 0 && d.run.Steps[k].State != Committed && d.run.Steps[k].State != Skipped {
		k--
	}
	if k < 0 {
		return
	}
	v := d.view(k)
	if d.run.Steps[k].State == Committed {
		v.own = d.run.Steps[k].Slots
	}
	sealed := d.run.sealedNames()
	var results []ConditionResult
	for _, t := range d.run.Version.Steps[k].Transitions {
		holds := true
		if t.When != nil {
			result, err := v.evaluate(t.When)
			if err != nil {
				return
			}
			results = append(results, withoutNames(result, sealed))
			holds = result.Result != d.run.hasDivergence(t.When.Pointer)
		}
		if holds {
			if t.Target > i {
				form.Transition, form.Conditions = t.Pointer, results
			}
			return
		}
	}
}

// hasDivergence reports whether a condition on the run's path would now have another result.
func (r *Run) hasDivergence(pointer string) bool {
	_, found := r.divergence(pointer)
	return found
}

// divergence returns the divergence of a condition.
func (r *Run) divergence(pointer string) (d Divergence, found bool) {
	i := slices.IndexFunc(r.Divergences, func(d Divergence) bool { return d.Condition == pointer })
	if i < 0 {
		return Divergence{}, false
	}
	return r.Divergences[i], true
}
