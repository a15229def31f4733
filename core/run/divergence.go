package run

import (
	"github.com/procedo/procedo/core/budget"
	"github.com/procedo/procedo/core/condition"
)

// Divergence is a condition on the path of a run that would now have another result, because an amendment changed a
// value that it reads. The path itself does not change.
type Divergence struct {
	Step       string `json:"step"`      // key of the step to which the condition or its transition belongs
	Condition  string `json:"condition"` // JSON pointer into the canonical definition
	Expression string `json:"expression"`
	Decided    bool   `json:"decided"` // the result when the run took its path
	Now        bool   `json:"now"`     // the result with the present values
}

// pathCheck evaluates again the conditions that led to a run's path.
type pathCheck struct {
	before, after *Run // without and with the amendment
	meta          *metadataCache
	budget        *budget.Budget
	found         []Divergence
}

// divergences returns all divergences that the run has after the given slots replace those of the committed step i. It
// returns a refusal if a condition cannot be evaluated with the new values.
func (d *decider) divergences(i int, slots []SlotValue) ([]Divergence, error) {
	if !d.run.Version.Conditional {
		return nil, nil
	}
	c, after := d.context(), d.run
	after.mutableStep(i, false).Slots = slots
	p := pathCheck{before: &c.run, after: &after, meta: &c.meta, budget: d.budget}
	return p.found, p.walk()
}

// walk follows the path from the first step to the step that is open, or to the end of the run.
func (p *pathCheck) walk() error {
	for i := 0; i < len(p.before.Steps); {
		s := &p.before.Steps[i]
		if s.State == Locked {
			return nil
		}
		if c := p.before.Version.Steps[i].When; c != nil {
			if err := p.check(i, c, nil, s.State != NotApplicable); err != nil {
				return err
			}
		}
		next := i + 1
		if s.State == Committed || s.State == Skipped {
			var err error
			if next, err = p.route(i); err != nil {
				return err
			}
		}
		if s.State == Open || next <= i {
			return nil
		}
		i = next
	}
	return nil
}

// route checks those transitions of the closed step i that the run evaluated. It returns the step to which they led.
func (p *pathCheck) route(i int) (int, error) {
	def := &p.before.Version.Steps[i]
	for k := range def.Transitions {
		t := &def.Transitions[k]
		if t.When == nil {
			return t.Target, nil
		}
		own := func(r *Run) []SlotValue {
			if r.Steps[i].State == Skipped {
				return nil
			}
			return r.Steps[i].Slots
		}
		decided, err := p.decided(i, t.When, own(p.before))
		if err != nil {
			return 0, err
		}
		if err := p.check(i, t.When, own(p.after), decided); err != nil {
			return 0, err
		}
		if decided {
			return t.Target, nil
		}
	}
	return i + 1, nil
}

// decided returns the result that a condition had when the run passed it. If an earlier amendment has changed the
// result, the condition is among the run's divergences, and decided returns the opposite of the present result.
func (p *pathCheck) decided(i int, c *condition.Condition, own []SlotValue) (bool, error) {
	v := view{run: p.before, at: i, own: own, meta: p.meta, budget: p.budget, closed: -1}
	result, err := v.evaluate(c)
	return result.Result != p.before.hasDivergence(c.Pointer), err
}

// check adds a divergence if the result of the condition after the amendment differs from the given one, which is the
// result when the run took its path.
func (p *pathCheck) check(i int, c *condition.Condition, own []SlotValue, decided bool) error {
	v := view{run: p.after, at: i, own: own, meta: p.meta, budget: p.budget, closed: -1}
	now, err := v.evaluate(c)
	if err == nil && now.Result != decided {
		p.found = append(p.found, Divergence{
			Step: p.after.Version.Steps[i].Key, Condition: c.Pointer, Expression: c.Source,
			Decided: decided, Now: now.Result,
		})
	}
	return err
}
