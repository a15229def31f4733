package run

import (
	"errors"
	"fmt"
	"slices"

	"github.com/procedo/procedo/core/checklist"
)

// ErrInapplicable says that an event cannot follow the run's state: no Decide makes one.
var ErrInapplicable = errors.New("event does not fit the run's state")

// Evolve applies one event to a run and returns the run that results. It decides nothing: what an event says
// happened. ErrInapplicable where the event could not have happened to this run.
func Evolve(r Run, e Event) (Run, error) {
	if created, ok := e.Fact.(Created); ok {
		return create(r, created, e.Stamp)
	}
	if r.Version == nil {
		return r, fmt.Errorf("%w: %s before %s", ErrInapplicable, e.Fact.Action(), ActionCreated)
	}
	var ok bool
	switch f := e.Fact.(type) {
	case Started:
		ok = r.move(InProgress, e.Stamp)
	case Opened:
		ok = r.open(f)
	case DraftSaved:
		ok = r.apply(f.Content, Open, e.Stamp)
	case StepCommitted:
		ok = r.close(f.Content, e.Stamp)
	case StepSkipped:
		ok = r.skip(f, e.Stamp)
	case StepNotApplicable:
		ok = r.passOver(f.Step)
	case Amended:
		if ok = r.State != Failed && r.apply(f.Content, Committed, e.Stamp); ok {
			r.Steps[f.Step].Amended = true
		}
	case RunCompleted:
		ok = r.Current() < 0 && r.move(Completed, e.Stamp)
	case RunFailed:
		ok = r.fail(f, e.Stamp)
	case ValueErased:
		ok = r.eraseValue(f, e.Stamp)
	case Refused:
		ok = true
	}
	if !ok {
		return r, fmt.Errorf("%w: %s in state %s", ErrInapplicable, e.Fact.Action(), r.State)
	}
	r.Seq++
	return r, nil
}

func create(r Run, c Created, stamp Stamp) (Run, error) {
	if r.Version != nil || c.Version == nil {
		return r, fmt.Errorf("%w: second %s", ErrInapplicable, ActionCreated)
	}
	r = Run{
		ID: c.RunID, Version: c.Version, UserID: c.UserID, Reference: c.Reference, Metadata: c.Metadata,
		State: Pending, Revision: 1, Seq: 1, CreatedAt: stamp.At, UpdatedAt: stamp.At,
		Steps: BlankSteps(c.Version),
	}
	return r, nil
}

// changed counts an accepted command.
func (r *Run) countCommand(stamp Stamp) {
	r.Revision++
	r.UpdatedAt = stamp.At
}

func (r *Run) move(to State, stamp Stamp) bool {
	if !r.State.Allows(to) {
		return false
	}
	r.State = to
	if to == InProgress {
		r.StartedAt = stamp.At
	} else {
		r.ClosedAt = stamp.At
	}
	return true
}

// at gives a step of a fresh copy of the steps, so that the run evolved from keeps its own.
func (r *Run) mutableStep(i int) *Step {
	r.Steps = slices.Clone(r.Steps)
	return &r.Steps[i]
}

func (r *Run) open(f Opened) bool {
	if f.Step < 0 || f.Step >= len(r.Steps) || r.State.Final() || r.Current() >= 0 || f.Visit != r.Steps[f.Step].Number+1 {
		return false
	}
	r.Steps = slices.Clone(r.Steps)
	r.lockFrom(f.Step)
	s := &r.Steps[f.Step]
	s.Visit, s.State = BlankVisit(&r.Version.Steps[f.Step], f.Visit), Open
	return true
}

// lockFrom locks a step and every step after it; what they hold is earlier from now on.
func (r *Run) lockFrom(step int) {
	for i := step; i < len(r.Steps); i++ {
		s := &r.Steps[i]
		if s.State == Committed || s.State == Skipped {
			s.Earlier = append(slices.Clip(s.Earlier), s.Visit)
			s.Visit = BlankVisit(&r.Version.Steps[i], s.Number)
		}
		s.State = Locked
	}
}

// passOver marks a step as one that does not apply on this way.
func (r *Run) passOver(step int) bool {
	if step < 0 || step >= len(r.Steps) || r.State.Final() || r.Current() >= 0 {
		return false
	}
	r.Steps = slices.Clone(r.Steps)
	r.lockFrom(step)
	r.Steps[step].State = NotApplicable
	return true
}

// skip closes the open step without content: a draft is dropped.
func (r *Run) skip(f StepSkipped, stamp Stamp) bool {
	if r.State != InProgress || f.Reason == "" || !r.fits(Content{Step: f.Step, Visit: f.Visit}, Open) {
		return false
	}
	s := r.mutableStep(f.Step)
	s.Visit = BlankVisit(&r.Version.Steps[f.Step], f.Visit)
	s.State, s.CommittedAt, s.CommittedBy, s.Reason = Skipped, stamp.At, stamp.Actor, f.Reason
	r.countCommand(stamp)
	return true
}

// apply lays content over a step in the given state: a draft or an amendment.
func (r *Run) apply(c Content, in StepState, stamp Stamp) bool {
	if !r.fits(c, in) {
		return false
	}
	s := r.mutableStep(c.Step)
	s.Slots = slices.Clone(s.Slots)
	for _, e := range c.Slots {
		s.Slots[e.Slot] = e.keepErasure(s.Slots[e.Slot])
	}
	s.Items, _, _ = checklist.Merge(r.Version.Steps[c.Step].Items, s.Items, c.Ticks, nil, false, stamp.At, stamp.Actor)
	r.countCommand(stamp)
	return true
}

// close commits a step: its slots are what the content says, and nothing else.
func (r *Run) close(c Content, stamp Stamp) bool {
	if r.State != InProgress || !r.fits(c, Open) {
		return false
	}
	def, s := &r.Version.Steps[c.Step], r.mutableStep(c.Step)
	draft := s.Slots
	s.Slots = make([]SlotValue, len(def.Slots))
	for _, e := range c.Slots {
		s.Slots[e.Slot] = e.keepErasure(draft[e.Slot])
	}
	for _, j := range c.InapplicableSlots {
		s.Slots[j] = SlotValue{NotApplicable: true}
	}
	s.Items, _, _ = checklist.Merge(def.Items, s.Items, c.Ticks, nil, false, stamp.At, stamp.Actor)
	for _, j := range c.InapplicableItems {
		s.Items[j] = checklist.State{Key: def.Items[j].Key, NotApplicable: true}
	}
	s.State, s.CommittedAt, s.CommittedBy = Committed, stamp.At, stamp.Actor
	r.countCommand(stamp)
	return true
}

// fits reports whether content speaks of the current visit of a step in the given state.
func (r *Run) fits(c Content, in StepState) bool {
	if c.Step < 0 || c.Step >= len(r.Steps) || r.Steps[c.Step].State != in || r.Steps[c.Step].Number != c.Visit {
		return false
	}
	for _, e := range c.Slots {
		if e.Slot < 0 || e.Slot >= len(r.Steps[c.Step].Slots) {
			return false
		}
	}
	return in == Committed || r.State == InProgress
}

func (r *Run) fail(f RunFailed, stamp Stamp) bool {
	if !r.move(Failed, stamp) {
		return false
	}
	r.Failure = &Failure{Reason: f.Reason, At: stamp.At, By: stamp.Actor}
	if i := r.Current(); i >= 0 {
		r.mutableStep(i).State = Locked
	}
	r.countCommand(stamp)
	return true
}

// Fold applies events in order to a run.
func Fold(r Run, events []Event) (Run, error) {
	for _, e := range events {
		next, err := Evolve(r, e)
		if err != nil {
			return r, err
		}
		r = next
	}
	return r, nil
}
