package run

import "github.com/procedo/procedo/core/fault"

// MaxVisitsExceeded is the code of a refusal because a step was visited as often as its procedure allows.
const MaxVisitsExceeded = "step.max_visits"

// metadata returns the cache of the run's metadata that all conditions of the decision share.
func (d *decider) metadata() *metadataCache {
	if d.meta == nil {
		d.meta = &metadataCache{}
	}
	return d.meta
}

// advance emits the events that follow once step i is closed with these slots (nil where it was skipped). They lead to
// the target of the first transition that holds, or else to the next step in order.
func (d *decider) advance(i int, slots []SlotValue) error {
	if len(d.run.Version.Steps[i].Transitions) == 0 {
		return d.openNext(i+1, i, slots, nil)
	}
	target, transition, conditions, err := d.route(i, slots)
	if err != nil {
		return err
	}
	for passed := i + 1; passed < target; passed++ {
		d.emit(StepNotApplicable{
			Step: passed, Transition: transition, Conditions: conditions[max(0, len(conditions)-1):],
		})
	}
	return d.openNext(target, i, slots, conditions)
}

// route evaluates a step's transitions and returns the target of the first that holds, with its JSON pointer, or else
// the next step and an empty pointer.
func (d *decider) route(
	i int, slots []SlotValue,
) (target int, pointer string, conditions []ConditionResult, err error) {
	def := &d.run.Version.Steps[i]
	r := d.run
	v := view{run: &r, at: i, own: slots, meta: d.metadata(), closed: -1}
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

// openNext opens the first step that applies, from index at on, or completes the run where there is none. Closed is the
// step that is being closed (-1: none) and slots are its slots. Conditions are those evaluated so far to get here.
func (d *decider) openNext(at, closed int, slots []SlotValue, conditions []ConditionResult) error {
	for ; at < len(d.run.Steps); at++ {
		if c := d.run.Version.Steps[at].When; c != nil {
			r := d.run
			v := view{run: &r, at: at, meta: d.metadata(), closed: closed, closedSlots: slots}
			result, err := v.evaluate(c)
			if err != nil {
				return err
			}
			if !result.Result {
				d.emit(StepNotApplicable{Step: at, Conditions: []ConditionResult{result}})
				continue
			}
			conditions = append(conditions, result)
		}
		visit := d.run.Steps[at].Number + 1
		if limit := d.run.Version.MaxVisits; visit > limit {
			return d.conflict(MaxVisitsExceeded, fault.Params{"step": d.run.Version.Steps[at].Key, "max_visits": limit})
		}
		d.emit(Opened{Step: at, Visit: visit, Conditions: conditions})
		return nil
	}
	d.emit(RunCompleted{Conditions: conditions})
	return nil
}
