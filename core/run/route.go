package run

import "github.com/procedo/procedo/core/fault"

// MaxVisitsExceeded is the code of the refusal to open a step more often than its procedure allows.
const MaxVisitsExceeded = "step.max_visits"

// conditionContext is what all conditions of one decision share.
type conditionContext struct {
	run  Run // a copy, so that a decider without conditions stays on the stack
	meta metadataCache
}

// context returns what the conditions of the decision share.
func (d *decider) context() *conditionContext {
	if d.shared == nil {
		d.shared = &conditionContext{run: d.run}
	}
	return d.shared
}

// view returns what the conditions of step i can read before the command.
func (d *decider) view(i int) *view {
	c := d.context()
	return &view{run: &c.run, meta: &c.meta, budget: d.budget, at: i, closed: -1}
}

// advance emits the events that follow the closing of step i. They open the next step or complete the run. slots are
// the committed values of step i, or nil if it was skipped.
func (d *decider) advance(i int, slots []SlotValue) error {
	if len(d.run.Version.Steps[i].Transitions) == 0 {
		return d.openNext(i+1, i, slots, nil)
	}
	target, transition, conditions, err := d.route(i, slots)
	if err != nil {
		return err
	}
	for passed := i + 1; passed < target; passed++ {
		if err := d.spendRepeated(conditions); err != nil {
			return err
		}
		d.emit(StepNotApplicable{
			Step: passed, Transition: transition, Conditions: conditions[max(0, len(conditions)-1):],
		})
	}
	return d.openNext(target, i, slots, conditions)
}

// spendRepeated subtracts from the budget that one more event records the last of the conditions.
func (d *decider) spendRepeated(conditions []ConditionResult) error {
	if len(conditions) == 0 {
		return nil
	}
	if last := &conditions[len(conditions)-1]; !d.budget.SpendRecord(last.length()) {
		return last.overBudget()
	}
	return nil
}

// route evaluates the transitions of step i in order. It returns the target and JSON pointer of the first transition
// that holds. If none holds, it returns the step after i and an empty pointer.
func (d *decider) route(
	i int, slots []SlotValue,
) (target int, pointer string, conditions []ConditionResult, err error) {
	def := &d.run.Version.Steps[i]
	v := d.view(i)
	v.own = slots
	for k := range def.Transitions {
		t := &def.Transitions[k]
		if t.When != nil {
			result, err := v.evaluate(t.When)
			if err != nil {
				return 0, "", nil, err
			}
			conditions = append(conditions, result)
			if !result.Result {
				continue
			}
		}
		return t.Target, t.Pointer, conditions, nil
	}
	return i + 1, "", conditions, nil
}

// openNext opens the first step that applies, starting at step i. If no step applies, it completes the run. closedStep
// is the index of the step that the command closes, or -1, and slots are that step's values. conditions are the results
// of the transition conditions that led to step i.
func (d *decider) openNext(i, closedStep int, slots []SlotValue, conditions []ConditionResult) error {
	target := i
	for ; i < len(d.run.Steps); i++ {
		if c := d.run.Version.Steps[i].When; c != nil {
			v := d.view(i)
			v.closed, v.closedSlots = closedStep, slots
			v.jumped, v.target = target <= closedStep, target
			result, err := v.evaluate(c)
			if err != nil {
				return err
			}
			if !result.Result {
				d.emit(StepNotApplicable{Step: i, Conditions: []ConditionResult{result}})
				continue
			}
			conditions = append(conditions, result)
		}
		visit := d.run.Steps[i].Number + 1
		if limit := d.run.Version.MaxVisits; visit > limit {
			return d.conflict(MaxVisitsExceeded, fault.Params{"step": d.run.Version.Steps[i].Key, "max_visits": limit})
		}
		d.emit(Opened{Step: i, Visit: visit, Conditions: conditions, Carried: d.carried(i, closedStep, slots)})
		return nil
	}
	d.emit(RunCompleted{Conditions: conditions})
	return nil
}

// carried returns the slots whose values are copied from the last visit of step i into a new visit. If the step keeps
// its values on return, these are all slots with a value that has not been erased. closedStep and slots are as in
// openNext: if i equals closedStep, slots are the values of the last visit.
func (d *decider) carried(i, closedStep int, slots []SlotValue) (all []int) {
	if !d.run.Version.Steps[i].KeepOnReturn {
		return nil
	}
	if i == closedStep && slots == nil { // the last visit was skipped and has no values
		return nil
	}
	if i != closedStep {
		s := &d.run.Steps[i]
		last := s.lastClosed()
		if s.State == Committed || s.State == Skipped {
			last = &s.Visit
		}
		if last == nil {
			return nil
		}
		slots = last.Slots
	}
	for j := range slots {
		if !slots[j].Value.IsAbsent() && slots[j].ErasedAt == nil {
			all = append(all, j)
		}
	}
	return all
}
