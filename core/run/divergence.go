package run

import (
	"slices"

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
	evaluated     []string // JSON pointers of the conditions that could be evaluated
	found         []Divergence
}

// divergences returns all divergences that the run has after the given slots replace those of the committed step i. It
// returns a refusal if a condition cannot be evaluated with the new values. A condition that reads an erased value is
// left as it is: what the run says of it stays.
func (d *decider) divergences(i int, slots []SlotValue) ([]Divergence, error) {
	if !d.run.Version.Conditional {
		return nil, nil
	}
	c, after := d.context(), d.run
	after.mutableStep(i, false).Slots = slots
	p := pathCheck{before: &c.run, after: &after, meta: &c.meta, budget: d.budget}
	if err := p.walk(); err != nil {
		return nil, err
	}
	for _, known := range d.run.Divergences {
		if !slices.Contains(p.evaluated, known.Condition) {
			p.found = append(p.found, known)
		}
	}
	return p.found, nil
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
		taken, known, err := p.taken(i, k)
		if err != nil {
			return 0, err
		}
		if known {
			if err := p.check(i, t.When, p.after.ownSlots(i), taken); err != nil {
				return 0, err
			}
		}
		if taken {
			return t.Target, nil
		}
	}
	return i + 1, nil
}

// taken reports whether the run took transition k of the closed step i, given that it took none of those before. Mostly
// the states of the later steps say so. Otherwise the result of the condition does, or, if an earlier amendment has
// changed it, the run's divergence. If the condition reads an erased value, known is false, and the transition counts
// as taken because it may have been. An amendment that gives such a value anew is refused: nothing would tell later
// that the condition was decided with another value.
func (p *pathCheck) taken(i, k int) (taken, known bool, err error) {
	t := &p.before.Version.Steps[i].Transitions[k]
	if !p.before.mayHaveLed(i, t.Target) {
		return false, true, nil
	}
	if !p.before.mayHavePassed(i, k) {
		return true, true, nil
	}
	if d, diverged := p.before.divergence(t.When.Pointer); diverged {
		return d.Decided, true, nil
	}
	result, err := p.evaluate(p.before, i, t.When, p.before.ownSlots(i))
	if readsErased(err) {
		if _, now := p.evaluate(p.after, i, t.When, p.after.ownSlots(i)); readsErased(now) {
			return true, false, nil
		}
	}
	return result.Result, err == nil, err
}

// evaluate evaluates a condition of step i with the values of a run.
func (p *pathCheck) evaluate(r *Run, i int, c *condition.Condition, own []SlotValue) (ConditionResult, error) {
	v := view{run: r, at: i, own: own, meta: p.meta, budget: p.budget, closed: -1}
	return v.evaluate(c)
}

// check adds a divergence if the result of the condition after the amendment differs from the given one, which is the
// result when the run took its path.
func (p *pathCheck) check(i int, c *condition.Condition, own []SlotValue, decided bool) error {
	now, err := p.evaluate(p.after, i, c, own)
	switch {
	case readsErased(err):
		return nil
	case err != nil:
		return err
	case now.Result != decided:
		p.found = append(p.found, Divergence{
			Step: p.after.Version.Steps[i].Key, Condition: c.Pointer, Expression: c.Source,
			Decided: decided, Now: now.Result,
		})
	}
	p.evaluated = append(p.evaluated, c.Pointer)
	return nil
}

// ownSlots returns the slots of the closed step i that its transitions can read.
func (r *Run) ownSlots(i int) []SlotValue {
	if r.Steps[i].State == Skipped {
		return nil
	}
	return r.Steps[i].Slots
}

// mayHavePassed reports whether the closed step i may have led to the next step on the path although its transition k
// did not hold.
func (r *Run) mayHavePassed(i, k int) bool {
	for _, t := range r.Version.Steps[i].Transitions[k+1:] {
		if r.mayHaveLed(i, t.Target) {
			return true
		}
		if t.When == nil {
			return false
		}
	}
	return r.mayHaveLed(i, i+1)
}

// mayHaveLed reports whether the closed step i may have led to a step, or to the end of the run, judging by the states
// of the later steps alone. The steps between do not apply. The step itself may not apply either, and so on, if a
// condition of its own says so.
func (r *Run) mayHaveLed(i, target int) bool {
	for k := i + 1; k < len(r.Steps); k++ {
		switch s := r.Steps[k].State; {
		case s != NotApplicable:
			return s != Locked && i < target && target <= k
		case k >= target && r.Version.Steps[k].When == nil:
			return false
		}
	}
	return i < target
}
