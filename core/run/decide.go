package run

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/slot"
)

// Decision is what an accepted command does: its events, none where it changes nothing, and the plain values of
// sensitive slots, which stand in no event and no state.
type Decision struct {
	Events      []Event
	PlainValues []PlainValue
}

// Secret is the plain value behind a sealed one.
type PlainValue struct {
	Step, Visit, Slot int
	Value             slot.Value
}

// StartParams is what a new run is made of.
type StartParams struct {
	ID        string
	Version   *procedure.Version
	UserID    string
	Reference string
	Metadata  jsontext.Value
}

// Begin decides a new run: created, with the first step that applies open; where none does, started and completed at
// once. Invalid where a condition cannot be asked.
func Start(b StartParams, stamp Stamp) ([]Event, error) {
	r := Run{Version: b.Version, Metadata: b.Metadata, State: Pending, Steps: BlankSteps(b.Version)}
	d := decider{run: r, stamp: stamp}
	d.emit(Created{RunID: b.ID, Version: b.Version, UserID: b.UserID, Reference: b.Reference, Metadata: b.Metadata})
	if err := d.openNext(0, -1, nil, nil); err != nil {
		return nil, err
	}
	last := len(d.decision.Events) - 1
	if e := d.decision.Events[last]; e.Fact.Action() == ActionCompleted {
		d.decision.Events[last] = Event{stamp, Started{}}
		d.emit(e.Fact)
	}
	return d.decision.Events, nil
}

// Decide says what a command does to a run. It is pure: the same run, command and act decide the same for ever.
// A refusal is a *fault.Error: NotFound for an unknown step, Conflict for order and state, Invalid for data.
func Decide(r Run, c Command, stamp Stamp) (Decision, error) {
	d := decider{run: r, stamp: stamp}
	var err error
	switch c := c.(type) {
	case Draft:
		err = d.draft(c)
	case Commit:
		err = d.commit(c)
	case Amend:
		err = d.amend(c)
	case Skip:
		err = d.skip(c)
	case Fail:
		err = d.fail(c)
	case Erase:
		err = d.erase(c)
	}
	if err != nil {
		return Decision{}, err
	}
	return d.decision, nil
}

type decider struct {
	run      Run
	stamp    Stamp
	decision Decision
	meta     *metadataCache
}

func (d *decider) emit(facts ...Fact) {
	if d.decision.Events == nil {
		d.decision.Events = make([]Event, 0, 3) // the most that one command does
	}
	for _, f := range facts {
		d.decision.Events = append(d.decision.Events, Event{d.stamp, f})
	}
}

// begin emits the start of work when this is its first act.
func (d *decider) startWork() {
	if d.run.State == Pending {
		d.emit(Started{})
	}
}

func (d *decider) draft(c Draft) error {
	i, err := d.find(c.Step)
	if err != nil {
		return err
	}
	if err := d.checkOpen(i, c.Visit); err != nil {
		return err
	}
	m, err := d.merge(i, &d.run.Steps[i].Visit, &c.Submission, draftMode)
	if err != nil {
		return err
	}
	if content := m.changedContent(); !content.isEmpty() {
		d.startWork()
		d.emit(DraftSaved{content})
		d.decision.PlainValues = m.plainValues
	}
	return nil
}

func (d *decider) commit(c Commit) error {
	i, err := d.find(c.Step)
	if err != nil {
		return err
	}
	if past := d.repeatOf(i, c.Visit); past != nil {
		return d.acceptRepeat(i, past, &c.Submission)
	}
	if err := d.checkOpen(i, c.Visit); err != nil {
		return err
	}
	m, err := d.merge(i, &d.run.Steps[i].Visit, &c.Submission, commitMode)
	if err != nil {
		return err
	}
	d.startWork()
	d.emit(StepCommitted{Content: m.content(), Conditions: m.conditions})
	d.decision.PlainValues = m.plainValues
	return d.advance(i, m.slots)
}

// meantAgain is the committed visit that a commit may repeat: the current one, the one it names, or, of a step that a jump
// back locked, the last one; nil where the commit is of an open visit.
func (d *decider) repeatOf(i, visit int) *Visit {
	s := &d.run.Steps[i]
	past := (*Visit)(nil)
	switch {
	case visit != 0 && (visit != s.Number || s.State != Open):
		past = s.closedVisit(visit)
	case s.State == Committed:
		past = &s.Visit
	case s.State == Locked && visit == 0:
		past = s.lastCommitted()
	}
	if past == nil || past.Reason != "" {
		return nil
	}
	return past
}

// again accepts a commit of a committed visit that changes nothing, in any state of the run.
func (d *decider) acceptRepeat(i int, past *Visit, s *Submission) error {
	m, err := d.merge(i, past, s, repeatMode)
	if err != nil && !fault.Is(err, fault.Invalid) {
		return err
	}
	if err == nil && !m.differs() {
		return nil
	}
	if s.Visit != 0 && s.Visit != d.run.Steps[i].Number {
		return d.checkVisit(i, s.Visit)
	}
	return d.conflict("step.already_committed", nil)
}

func (d *decider) amend(c Amend) error {
	i, err := d.find(c.Step)
	if err != nil {
		return err
	}
	if d.run.State == Failed {
		return d.stateConflict(InProgress)
	}
	if d.run.Steps[i].State != Committed {
		return d.conflict("step.not_committed", nil)
	}
	if err := d.checkVisit(i, c.Visit); err != nil {
		return err
	}
	m, err := d.merge(i, &d.run.Steps[i].Visit, &c.Submission, amendMode)
	if err = d.requireReason(c.Reason, err); err != nil {
		return err
	}
	if m.differs() {
		d.emit(Amended{Content: m.changedContent(), Reason: c.Reason, Conditions: m.conditions})
		d.decision.PlainValues = m.plainValues
	}
	return nil
}

func (d *decider) fail(c Fail) error {
	if !d.run.State.Allows(Failed) {
		return d.stateConflict(Failed)
	}
	if err := d.requireReason(c.Reason, nil); err != nil {
		return err
	}
	d.emit(RunFailed(c))
	return nil
}

// withReason adds a missing reason to whatever else is wrong.
func (d *decider) requireReason(reason string, err error) error {
	if strings.TrimSpace(reason) != "" || err != nil && fault.From(err).Code != InvalidValues {
		return err
	}
	issues := []fault.Issue{{Field: "reason", Code: "validation.required"}}
	if err != nil {
		issues = append(fault.From(err).Issues, issues...)
	}
	return fault.WithIssues(InvalidValues, issues)
}

// InvalidValues is the code of a refusal for its data.
const InvalidValues = "values.invalid"

func (d *decider) find(key string) (int, error) {
	if i, ok := d.run.Version.StepIndex(key); ok {
		return i, nil
	}
	return 0, fault.New(fault.NotFound, "step.not_found", nil)
}

// mayWork checks that a draft or commit of the step is in order now.
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

func (d *decider) checkVisit(i, visit int) error {
	if visit != 0 && visit != d.run.Steps[i].Number {
		return d.conflict("step.visit", fault.Params{"step_visit": d.run.Steps[i].Number})
	}
	return nil
}

// forbidden is the refusal of a move that the machine does not have; it names both states.
func (d *decider) stateConflict(to State) error {
	return d.conflict("run.state", fault.Params{"to": string(to)})
}

// conflict refuses with the run's present state, so that the caller need not ask for it.
func (d *decider) conflict(code string, more fault.Params) error {
	params := fault.Params{"state": string(d.run.State), "revision": d.run.Revision}
	if i := d.run.Current(); i >= 0 {
		params["current_step"], params["visit"] = d.run.Version.Steps[i].Key, d.run.Steps[i].Number
	}
	for name, p := range more {
		params[name] = p
	}
	return fault.New(fault.Conflict, code, params)
}
