package run

import (
	"errors"
	"fmt"
	"slices"

	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/procedure"
)

// ErrInapplicable means that an event cannot happen in the run's state. Decide never returns such an event.
var ErrInapplicable = errors.New("event does not fit the run's state")

// Evolve applies one event to a run and returns the resulting run. The error wraps ErrInapplicable if the event cannot
// have happened to the run.
func Evolve(r Run, e Event) (Run, error) { return evolve(r, e, false) }

// evolve is Evolve; for own, see Fact.
func evolve(r Run, e Event, own bool) (Run, error) {
	if e.Fact == nil {
		return r, fmt.Errorf("%w: no fact", ErrInapplicable)
	}
	_, first := e.Fact.(Created)
	switch {
	case first && r.Version != nil:
		return r, fmt.Errorf("%w: second %s", ErrInapplicable, ActionCreated)
	case !first && r.Version == nil:
		return r, fmt.Errorf("%w: %s before %s", ErrInapplicable, e.Fact.Action(), ActionCreated)
	}
	next, ok := e.Fact.evolve(r, e.Stamp, own)
	if !ok {
		return r, fmt.Errorf("%w: %s in state %s", ErrInapplicable, e.Fact.Action(), r.State)
	}
	next.Seq++
	next.LastEventAt = e.At
	if _, refused := e.Fact.(Refused); !refused {
		next.LastRefusal = ""
	}
	return next, nil
}

// Fold applies events to a run in order. If Evolve rejects an event, Fold returns the error and the run as it was
// before the first event.
func Fold(r Run, events []Event) (Run, error) {
	folded := r
	for _, e := range events {
		// The steps are copied once: the run between two events is seen by nobody.
		own := len(folded.Steps) > 0 && (len(r.Steps) == 0 || &folded.Steps[0] != &r.Steps[0])
		next, err := evolve(folded, e, own)
		if err != nil {
			return r, err
		}
		folded = next
	}
	return folded, nil
}

func (f Created) evolve(r Run, stamp Stamp, _ bool) (Run, bool) {
	if f.Version == nil {
		return r, false
	}
	return Run{
		ID: f.RunID, Version: f.Version, UserID: f.UserID, Reference: f.Reference, Metadata: f.Metadata,
		Withheld: f.Hidden, State: Pending, Revision: 1, CreatedAt: stamp.At, UpdatedAt: stamp.At, Steps: BlankSteps(f.Version),
		size: len(f.Metadata),
	}, true
}

func (Started) evolve(r Run, stamp Stamp, _ bool) (Run, bool) {
	ok := r.move(InProgress, stamp)
	return r, ok
}

func (f Opened) evolve(r Run, _ Stamp, own bool) (Run, bool) {
	if !r.hasStep(f.Step) || r.State.Final() || r.Current() >= 0 || f.Visit != r.Steps[f.Step].Number+1 {
		return r, false
	}
	r.ownSteps(own)
	r.lockFrom(f.Step)
	s := &r.Steps[f.Step]
	if s.isBlank(&r.Version.Steps[f.Step]) {
		s.Number = f.Visit
	} else {
		s.Visit = BlankVisit(&r.Version.Steps[f.Step], f.Visit)
	}
	s.State = Open
	for _, j := range f.Carried {
		last := s.lastClosed()
		if last == nil || j < 0 || j >= len(last.Slots) || last.Slots[j].Value.IsAbsent() {
			return r, false
		}
		s.Slots[j] = last.Slots[j]
	}
	r.size += s.sizeIn(&r.Version.Steps[f.Step])
	return r, true
}

func (f DraftSaved) evolve(r Run, stamp Stamp, own bool) (Run, bool) {
	ok := r.apply(f.Content, Open, stamp, own)
	return r, ok
}

// evolve closes the step. The content replaces the values of the draft; slots that it does not mention become absent.
func (f StepCommitted) evolve(r Run, stamp Stamp, own bool) (Run, bool) {
	if r.State != InProgress || !r.fits(f.Content, Open) {
		return r, false
	}
	def, s := &r.Version.Steps[f.Step], r.mutableStep(f.Step, own)
	draft := s.Slots
	s.Slots = make([]SlotValue, len(def.Slots))
	for _, e := range f.Slots {
		s.Slots[e.Slot] = e.keepErasure(draft[e.Slot])
	}
	for _, j := range f.InapplicableSlots {
		s.Slots[j] = SlotValue{NotApplicable: true}
	}
	r.size += slotsSize(def, s.Slots) - slotsSize(def, draft)
	s.Items = checklist.Apply(def.Items, s.Items, f.Ticks, stamp.At, stamp.By.ID)
	for _, j := range f.InapplicableItems {
		s.Items[j] = checklist.State{Key: def.Items[j].Key, NotApplicable: true}
	}
	s.State, s.CommittedAt, s.CommittedBy = Committed, stamp.At, stamp.By.ID
	r.countCommand(stamp)
	return r, true
}

func (f Amended) evolve(r Run, stamp Stamp, own bool) (Run, bool) {
	if r.State == Failed || !r.apply(f.Content, Committed, stamp, own) {
		return r, false
	}
	s := &r.Steps[f.Step]
	s.Amended = true
	s.Slots, s.Items = slices.Clone(s.Slots), slices.Clone(s.Items)
	for _, j := range f.InapplicableSlots {
		r.size -= s.Slots[j].sizeIn(&r.Version.Steps[f.Step], j)
		s.Slots[j] = SlotValue{NotApplicable: true}
	}
	for _, j := range f.ApplicableSlots {
		s.Slots[j].NotApplicable = false
	}
	for _, j := range f.InapplicableItems {
		s.Items[j] = checklist.State{Key: s.Items[j].Key, NotApplicable: true}
	}
	for _, j := range f.ApplicableItems {
		s.Items[j].NotApplicable = false
	}
	r.Divergences = f.Divergences
	return r, true
}

// evolve closes the step and drops its draft.
func (f StepSkipped) evolve(r Run, stamp Stamp, own bool) (Run, bool) {
	if r.State != InProgress || f.Reason == "" && !f.Hidden || !r.fits(Content{Step: f.Step, Visit: f.Visit}, Open) {
		return r, false
	}
	def, s := &r.Version.Steps[f.Step], r.mutableStep(f.Step, own)
	r.size += reasonSize(f.Reason) - slotsSize(def, s.Slots)
	s.Visit = BlankVisit(def, f.Visit)
	s.State, s.CommittedAt, s.CommittedBy, s.Skipped, s.Reason = Skipped, stamp.At, stamp.By.ID, true, f.Reason
	r.countCommand(stamp)
	return r, true
}

func (f StepNotApplicable) evolve(r Run, _ Stamp, own bool) (Run, bool) {
	if !r.hasStep(f.Step) || r.State.Final() || r.Current() >= 0 {
		return r, false
	}
	r.ownSteps(own)
	r.lockFrom(f.Step)
	r.Steps[f.Step].State = NotApplicable
	return r, true
}

func (RunCompleted) evolve(r Run, stamp Stamp, _ bool) (Run, bool) {
	ok := r.Current() < 0 && r.move(Completed, stamp)
	return r, ok
}

func (f RunFailed) evolve(r Run, stamp Stamp, own bool) (Run, bool) {
	if !r.move(Failed, stamp) {
		return r, false
	}
	r.Failure = &Failure{Reason: f.Reason, At: stamp.At, By: stamp.By.ID}
	if i := r.Current(); i >= 0 {
		r.mutableStep(i, own).State = Locked
	}
	r.countCommand(stamp)
	return r, true
}

func (f Refused) evolve(r Run, stamp Stamp, _ bool) (Run, bool) {
	r.Refusals++
	r.LastRefusal = f.fingerprint(stamp.By.Key())
	return r, true
}

func (r *Run) countCommand(stamp Stamp) {
	r.Revision++
	r.UpdatedAt = stamp.At
}

// move changes the state of the run and sets the time of the change. It returns false for a forbidden change.
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

func (r *Run) hasStep(i int) bool { return i >= 0 && i < len(r.Steps) }

// ownSteps copies the steps unless they are the run's own, so that the run before the event stays unchanged.
func (r *Run) ownSteps(own bool) {
	if !own {
		r.Steps = slices.Clone(r.Steps)
	}
}

// mutableStep returns a step that may be changed; for own, see Fact.
func (r *Run) mutableStep(i int, own bool) *Step {
	r.ownSteps(own)
	return &r.Steps[i]
}

// isBlank reports whether the step has the blank visit with which a run begins. Its slices are never changed, so that
// the first visit of the step can keep them.
func (s *Step) isBlank(def *procedure.Step) bool {
	return s.Number == 0 && len(s.Slots) == len(def.Slots) && len(s.Items) == len(def.Items)
}

// lockFrom locks a step and every step after it, and moves their closed visits to Earlier. It removes the divergences
// of these steps, because their conditions will be evaluated again.
func (r *Run) lockFrom(step int) {
	if len(r.Divergences) > 0 {
		r.Divergences = slices.DeleteFunc(slices.Clone(r.Divergences), func(d Divergence) bool {
			i, known := r.Version.StepIndex(d.Step)
			return !known || i >= step
		})
	}
	for i := step; i < len(r.Steps); i++ {
		s := &r.Steps[i]
		if s.State == Committed || s.State == Skipped {
			s.Earlier = append(slices.Clip(s.Earlier), s.Visit)
			s.Visit = BlankVisit(&r.Version.Steps[i], s.Number)
		}
		s.State = Locked
	}
}

// apply merges the content of a draft or an amendment into its step. It returns false if the content does not fit.
func (r *Run) apply(c Content, required StepState, stamp Stamp, own bool) bool {
	if !r.fits(c, required) {
		return false
	}
	def, s := &r.Version.Steps[c.Step], r.mutableStep(c.Step, own)
	s.Slots = slices.Clone(s.Slots)
	for _, e := range c.Slots {
		r.size -= s.Slots[e.Slot].sizeIn(def, e.Slot)
		s.Slots[e.Slot] = e.keepErasure(s.Slots[e.Slot])
		r.size += s.Slots[e.Slot].sizeIn(def, e.Slot)
	}
	s.Items = checklist.Apply(def.Items, s.Items, c.Ticks, stamp.At, stamp.By.ID)
	r.countCommand(stamp)
	return true
}

// fits reports whether content belongs to the current visit of its step, names only slots and items that the step has,
// and the step is in the required state. An open step also requires a run in progress.
func (r *Run) fits(c Content, required StepState) bool {
	if !r.hasStep(c.Step) || r.Steps[c.Step].State != required || r.Steps[c.Step].Number != c.Visit {
		return false
	}
	slots, items := len(r.Steps[c.Step].Slots), len(r.Steps[c.Step].Items)
	for _, e := range c.Slots {
		if e.Slot < 0 || e.Slot >= slots {
			return false
		}
	}
	return areBelow(slots, c.InapplicableSlots, c.ApplicableSlots) &&
		areBelow(items, c.InapplicableItems, c.ApplicableItems) && (required == Committed || r.State == InProgress)
}

// areBelow reports whether all indexes in the lists are at least 0 and less than n.
func areBelow(n int, lists ...[]int) bool {
	for _, list := range lists {
		if slices.ContainsFunc(list, func(i int) bool { return i < 0 || i >= n }) {
			return false
		}
	}
	return true
}
