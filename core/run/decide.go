package run

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/blank"
	"github.com/procedo/procedo/core/budget"
	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/slot"
)

// Decision is the result of an accepted command.
type Decision struct {
	Events      []Event      // empty if the command changes nothing
	PlainValues []PlainValue // the sensitive values submitted; events and runs contain only their seals
}

// PlainValue is the unsealed value of a sensitive slot in one visit, with the salt of its seal.
type PlainValue struct {
	Step, Visit, Slot int
	Value             slot.Value
	Salt              commitment.Salt
	// Err says why a stored value cannot be read, for example because it is encrypted and its key is missing. Value is
	// then absent.
	Err error
}

// ReadableValues returns the values without those that cannot be read.
func ReadableValues(all []PlainValue) (readable []PlainValue) {
	for _, p := range all {
		if p.Err == nil {
			readable = append(readable, p)
		}
	}
	return readable
}

// CarriedSecrets returns the sensitive slots whose values the decision copies into a new visit and whose plain values
// are not in d.PlainValues. Their Value is absent: the caller must look up the plain values of the previous visit.
func (d *Decision) CarriedSecrets(r Run) (missing []PlainValue) {
	for _, e := range d.Events {
		opened, ok := e.Fact.(Opened)
		if !ok {
			continue
		}
		for _, j := range opened.Carried {
			submitted := slices.ContainsFunc(d.PlainValues, func(p PlainValue) bool {
				return p.Step == opened.Step && p.Slot == j
			})
			if r.Version.Steps[opened.Step].Slots[j].Sensitive && !submitted {
				missing = append(missing, PlainValue{Step: opened.Step, Visit: opened.Visit, Slot: j})
			}
		}
	}
	return missing
}

// DropCarried changes the decision so that the new visit of a step does not begin with the value of slot j.
func (d *Decision) DropCarried(step, j int) {
	for i, e := range d.Events {
		if opened, ok := e.Fact.(Opened); ok && opened.Step == step {
			opened.Carried = slices.DeleteFunc(slices.Clone(opened.Carried), func(c int) bool { return c == j })
			d.Events[i].Fact = opened
		}
	}
}

// StartParams are the parameters of a new run.
type StartParams struct {
	ID        string
	Version   *procedure.Version
	UserID    string // the user the run is for
	Reference string
	Metadata  jsontext.Value
}

// Start returns the events that create a run and open the first step that applies. If no step applies, the events
// create, start and complete the run. The error is an Invalid fault if a condition cannot be evaluated or the metadata
// is too large, or the error of ctx if ctx is cancelled.
func Start(ctx context.Context, p StartParams, by Stamp) ([]Event, error) {
	events, err := start(p, by, budget.New(ctx))
	if err == nil {
		err = checkSize(Run{}, events, MaxSize)
	}
	return events, err
}

func start(p StartParams, by Stamp, b *budget.Budget) ([]Event, error) {
	r := Run{Version: p.Version, Metadata: p.Metadata, State: Pending, Steps: BlankSteps(p.Version)}
	d := decider{run: r, stamp: by, budget: b}
	d.emit(Created{RunID: p.ID, Version: p.Version, UserID: p.UserID, Reference: p.Reference, Metadata: p.Metadata})
	if err := d.openNext(0, -1, nil, nil); err != nil || b.Err() != nil {
		return nil, cmp.Or(b.Err(), err)
	}
	last := len(d.decision.Events) - 1
	if e := d.decision.Events[last]; e.Fact.Action() == ActionCompleted {
		d.decision.Events[last] = Event{by, Started{}}
		d.emit(e.Fact)
	}
	return d.decision.Events, nil
}

// Decide returns the events of a command on a run; it does not apply them. The same run, command and stamp always lead
// to the same decision. A refusal is a *fault.Error, the first that applies of: NotFound for an unknown step, Forbidden
// for an agent that the step does not allow, Conflict for a command that the run's state does not allow, Invalid for
// wrong data, a condition that cannot be evaluated or a run that would be too large.
//
// The work is bounded; see package budget. If ctx is cancelled, Decide returns the error of ctx.
func Decide(ctx context.Context, r Run, c Command, by Stamp) (Decision, error) {
	b := budget.New(ctx)
	d := decider{run: r, stamp: by, budget: b}
	if err := d.decide(c); err != nil || b.Err() != nil {
		return Decision{}, cmp.Or(b.Err(), err)
	}
	if err := checkSize(r, d.decision.Events, MaxSize); err != nil {
		return Decision{}, err
	}
	return d.decision, nil
}

// decide calls the method of the command. It is a switch and not a method of Command, because a decider that is passed
// to a method of an interface does not stay on the stack.
func (d *decider) decide(c Command) error {
	switch c := c.(type) {
	case Draft:
		return c.decide(d)
	case Commit:
		return c.decide(d)
	case Amend:
		return c.decide(d)
	case Skip:
		return c.decide(d)
	case Fail:
		return c.decide(d)
	case Erase:
		return c.decide(d)
	case Reveal:
		return c.decide(d)
	}
	return fault.From(errors.New("no command"))
}

// decider collects the decision of one command on a run.
type decider struct {
	run      Run
	stamp    Stamp
	budget   *budget.Budget
	decision Decision
	checks   bool              // the command is only checked, which leaves no trace
	shared   *conditionContext // nil until the command evaluates its first condition
}

func (d *decider) emit(facts ...Fact) {
	if d.decision.Events == nil {
		d.decision.Events = make([]Event, 0, 3) // few commands emit more than 3 events
	}
	for _, f := range facts {
		d.decision.Events = append(d.decision.Events, Event{d.stamp, f})
	}
}

// startWork emits Started if the run is pending.
func (d *decider) startWork() {
	if d.run.State == Pending {
		d.emit(Started{})
	}
}

// requireReason adds an issue to err if the reason is blank; err may be nil. It returns err unchanged if the reason is
// not blank, or if err has a code other than InvalidValues.
func (d *decider) requireReason(reason string, err error) error {
	if !blank.Is(reason) || err != nil && fault.From(err).Code != InvalidValues {
		return err
	}
	var issues fault.IssueList
	if err != nil {
		issues = fault.From(err).List()
	}
	issues.Add(fault.Issue{Field: "reason", Code: "validation.required"})
	return issues.Fault(fault.Invalid, InvalidValues)
}

// InvalidValues is the code of a refusal with issues about the submitted data.
const InvalidValues = "values.invalid"

// checkOpen returns nil if step i is open and visit is 0 or its current visit. Otherwise it returns a refusal.
func (d *decider) checkOpen(i, visit int) error {
	switch s := d.run.Steps[i]; {
	case d.run.State.Final():
		return d.stateConflict(InProgress)
	case s.State == Committed:
		if err := d.checkVisit(i, visit); err != nil {
			return err
		}
		return d.conflict("step.already_committed", nil)
	case s.State != Open:
		return d.conflict("step.out_of_order", nil)
	}
	return d.checkVisit(i, visit)
}

// checkVisit returns a refusal if visit is neither 0 nor the current visit of step i.
func (d *decider) checkVisit(i, visit int) error {
	if visit != 0 && visit != d.run.Steps[i].Number {
		return d.conflict("step.visit", fault.Params{"step_visit": d.run.Steps[i].Number})
	}
	return nil
}

// lockedParams returns params that say that a jump back has locked step i; nil if none has, or if the run has ended.
// Such a step can be neither committed nor amended until the run reaches it again.
func (d *decider) lockedParams(i int) fault.Params {
	if s := &d.run.Steps[i]; s.State != Locked || len(s.Earlier) == 0 || d.run.State.Final() {
		return nil
	}
	return fault.Params{"locked": true}
}

// stateConflict returns the refusal of a command that needs the run to be in, or move to, the given state. Its params
// name that state and the present one.
func (d *decider) stateConflict(to State) error {
	return d.conflict("run.state", fault.Params{"to": string(to)})
}

// conflict returns a Conflict refusal. Its params hold the state of the run, so that the caller need not fetch the run.
func (d *decider) conflict(code string, more fault.Params) error {
	params := fault.Params{"state": string(d.run.State), "revision": d.run.Revision}
	if i := d.run.Current(); i >= 0 {
		params["current_step"], params["visit"] = d.run.Version.Steps[i].Key, d.run.Steps[i].Number
	}
	maps.Copy(params, more)
	return fault.New(fault.Conflict, code, params)
}
