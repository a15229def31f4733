package run

import (
	"github.com/procedo/procedo/core/fault"
)

// MaxVisitsExceeded is the code of a refusal because a step was visited as often as its procedure allows.
const MaxVisitsExceeded = "step.max_visits"

// metadata is what conditions share of the run's metadata in one decision.
func (d *decider) metadata() *metadataCache {
	if d.meta == nil {
		d.meta = &metadataCache{}
	}
	return d.meta
}

// leave emits what follows when step i is closed with these slots, nil where it was skipped: the first transition that
// holds decides, else the next step in order.
func (d *decider) advance(i int, slots []SlotValue) error {
	if len(d.run.Version.Steps[i].Transitions) == 0 {
		return d.openNext(i+1, i, slots, nil)
	}
	target, by, conditions, err := d.route(i, slots)
	if err != nil {
		return err
	}
	for over := i + 1; over < target; over++ {
		d.emit(StepNotApplicable{Step: over, Transition: by, Conditions: conditions[max(0, len(conditions)-1):]})
	}
	return d.openNext(target, i, slots, conditions)
}

// route asks a step's transitions; by is the pointer of the one that decided, empty where none did.
func (d *decider) route(i int, slots []SlotValue) (target int, by string, conditions []ConditionResult, err error) {
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

// arrive opens the first step from here on that applies; with none left the run is completed. Closed is the step that is
// being closed with its slots, -1 for none.
func (d *decider) openNext(at, closed int, slots []SlotValue, conditions []ConditionResult) error {
	for ; at < len(d.run.Steps); at++ {
		if c := d.run.Version.Steps[at].When; c != nil {
			r := d.run
			result, err := view{run: &r, at: at, meta: d.metadata(), closed: closed, closedSlots: slots}.evaluate(c)
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
		if most := d.run.Version.MaxVisits; visit > most {
			return d.conflict(MaxVisitsExceeded, fault.Params{"step": d.run.Version.Steps[at].Key, "max_visits": most})
		}
		d.emit(Opened{Step: at, Visit: visit, Conditions: conditions})
		return nil
	}
	d.emit(RunCompleted{Conditions: conditions})
	return nil
}

// skip leaves the open step undone.
func (d *decider) skip(c Skip) error {
	i, err := d.find(c.Step)
	if err != nil {
		return err
	}
	switch s := &d.run.Steps[i]; {
	case d.run.State.Final():
		return d.stateConflict(InProgress)
	case !d.run.Version.Steps[i].Skippable:
		return d.conflict("step.not_skippable", nil)
	case s.State == Committed:
		return d.conflict("step.already_committed", nil)
	case s.State != Open:
		return d.conflict("step.out_of_order", nil)
	}
	if err := d.checkVisit(i, c.Visit); err != nil {
		return err
	}
	if err := d.requireReason(c.Reason, nil); err != nil {
		return err
	}
	d.startWork()
	d.emit(StepSkipped{Step: i, Visit: d.run.Steps[i].Number, Reason: c.Reason})
	return d.advance(i, nil)
}
