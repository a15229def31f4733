// Package run holds the rules of runs as two pure functions. Decide returns the events of a command, or refuses it;
// Evolve applies one event to a run. The state of a run is the fold of its events.
package run

import (
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/slot"
)

// Run is one execution of one version of a procedure. It is a value: Evolve returns a new Run and leaves the old one
// unchanged.
type Run struct {
	ID        string
	Version   *procedure.Version // never changes during the run
	UserID    string             // the user the run is for
	Reference string
	Metadata  jsontext.Value

	State    State
	Revision int64 // grows by one with each accepted command that changes the run
	Seq      int64 // the number of events in its trail
	Steps    []Step
	Failure  *Failure

	CreatedAt, StartedAt, UpdatedAt, ClosedAt time.Time // UTC microseconds; zero until it happens
}

// Failure says why, when and by whom a run was ended before its time.
type Failure struct {
	Reason string
	At     time.Time
	By     string
}

// Step is a step of a run: its current visit and the earlier ones.
type Step struct {
	State StepState
	Visit
	// Earlier are the visits that were closed before the current one, oldest first. Where a jump back locked the step,
	// its last visit is among them, and the current one is empty and has the same number.
	Earlier []Visit
}

// Visit is one visit of a step. Slots and Items are in the order of the definition.
type Visit struct {
	Number      int // from 1; 0 until the step is first opened
	CommittedAt time.Time
	CommittedBy string // actor who committed or skipped the step
	Reason      string // why the step was skipped; empty where it was not
	Amended     bool
	Slots       []SlotValue
	Items       []checklist.State
}

// SlotValue is a slot's value and its origin. An absent value has no origin.
type SlotValue struct {
	Value  slot.Value
	Origin slot.Origin
	// NotApplicable is set if the slot did not apply when its step was committed.
	NotApplicable bool
	// ErasedAt is when the plain value behind a seal was erased; zero while it is stored.
	ErasedAt time.Time
}

// Identical reports whether two slot values are the same in every respect. It is stricter than Value.Equal: two seals
// of one value are not identical, and origins and erasure times must be the same too.
func (v SlotValue) Identical(o SlotValue) bool {
	if v.Origin != o.Origin || !v.ErasedAt.Equal(o.ErasedAt) || v.NotApplicable != o.NotApplicable {
		return false
	}
	return v.Value.Identical(o.Value)
}

// Superseded reports whether the current visit is among the earlier ones: the step is locked, or was passed over, after
// a jump back.
func (s *Step) Superseded() bool {
	return len(s.Earlier) > 0 && s.Earlier[len(s.Earlier)-1].Number == s.Number
}

// FindVisit returns the visit with a number, open or closed; nil where there is none.
func (s *Step) FindVisit(visit int) *Visit {
	if s.Number == visit && !s.Superseded() {
		return &s.Visit
	}
	return s.closedVisit(visit)
}

// closedVisit returns the closed visit with a number; nil where there is none.
func (s *Step) closedVisit(visit int) *Visit {
	if (s.State == Committed || s.State == Skipped) && s.Number == visit {
		return &s.Visit
	}
	for i := range s.Earlier {
		if s.Earlier[i].Number == visit {
			return &s.Earlier[i]
		}
	}
	return nil
}

// lastCommitted returns the latest earlier visit that was committed; nil where there is none.
func (s *Step) lastCommitted() *Visit {
	for i := len(s.Earlier) - 1; i >= 0; i-- {
		if s.Earlier[i].Reason == "" {
			return &s.Earlier[i]
		}
	}
	return nil
}

// Current returns the index of the open step, or -1.
func (r Run) Current() int {
	return slices.IndexFunc(r.Steps, func(s Step) bool { return s.State == Open })
}

// CurrentKey returns the key of the open step; empty where no step is open.
func (r Run) CurrentKey() string {
	if i := r.Current(); i >= 0 {
		return r.Version.Steps[i].Key
	}
	return ""
}

// BlankSteps returns the steps of a run that has reached none of them.
func BlankSteps(v *procedure.Version) []Step {
	steps := make([]Step, len(v.Steps))
	for i := range steps {
		steps[i] = blankStep(&v.Steps[i])
	}
	return steps
}

// blankStep returns a step that has not been reached.
func blankStep(def *procedure.Step) Step {
	return Step{State: Locked, Visit: BlankVisit(def, 0)}
}

// BlankVisit returns a visit without values and ticks.
func BlankVisit(def *procedure.Step, visit int) Visit {
	return Visit{Number: visit, Slots: make([]SlotValue, len(def.Slots)), Items: checklist.Blank(def.Items)}
}
