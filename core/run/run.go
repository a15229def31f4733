// Package run is the heart: two pure functions. Decide says what a command does to a run, as events, or refuses
// it; Evolve applies one event. A run's state is the fold of its events.
package run

import (
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/slot"
)

// Run is one execution of one version of a procedure. It is a value: Evolve returns another and changes none.
type Run struct {
	ID        string
	Version   *procedure.Version // the version it is pinned to for life
	UserID    string             // who it is for
	Reference string
	Metadata  jsontext.Value

	State    State
	Revision int64 // one more with each accepted command that changed the run
	Seq      int64 // how many events its trail has
	Steps    []Step
	Failure  *Failure

	CreatedAt, StartedAt, UpdatedAt, ClosedAt time.Time // UTC microseconds; zero where it has not happened
}

// Failure is why, when and by whom a run was ended before its time.
type Failure struct {
	Reason string
	At     time.Time
	By     string
}

// Step is a step of a run: its current visit, and those before it.
type Step struct {
	State StepState
	Visit
	// Earlier are the visits that were closed before the current one, oldest first. A step that a jump back locked has
	// its last visit among them, and an empty current one with the same number.
	Earlier []Visit
}

// Visit is one visit of a step. Slots and Items stand in the definition's order.
type Visit struct {
	Number      int // 0 until the step is first reached; being passed over is no visit
	CommittedAt time.Time
	CommittedBy string // whoever closed it, by commit or skip
	Reason      string // why it was skipped; empty where it was not
	Amended     bool
	Slots       []SlotValue
	Items       []checklist.State
}

// Held is a slot's value and where it came from; an absent value has no origin.
type SlotValue struct {
	Value  slot.Value
	Origin slot.Origin
	// NotApplicable is set where the slot did not apply when its step was committed.
	NotApplicable bool
	// ErasedAt is since when nothing but the seal of a sensitive value is kept; zero where it is.
	ErasedAt time.Time
}

// Identical reports whether two slots hold the same in every respect. It is stricter than Value.Equal: two seals of one
// value differ, and so do origins and erasure times.
func (v SlotValue) Identical(o SlotValue) bool {
	if v.Origin != o.Origin || !v.ErasedAt.Equal(o.ErasedAt) || v.NotApplicable != o.NotApplicable {
		return false
	}
	return v.Value.Identical(o.Value)
}

// Superseded reports whether the current visit is among the earlier ones: the step is locked, or was passed over, after a
// jump back.
func (s *Step) Superseded() bool {
	return len(s.Earlier) > 0 && s.Earlier[len(s.Earlier)-1].Number == s.Number
}

// At is the visit with the number, closed or not; nil where there is none.
func (s *Step) FindVisit(visit int) *Visit {
	if s.Number == visit && !s.Superseded() {
		return &s.Visit
	}
	return s.closedVisit(visit)
}

// visit is the closed visit with the number; nil where there is none.
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

// lastCommitted is the latest earlier visit that was committed, nil where there is none.
func (s *Step) lastCommitted() *Visit {
	for i := len(s.Earlier) - 1; i >= 0; i-- {
		if s.Earlier[i].Reason == "" {
			return &s.Earlier[i]
		}
	}
	return nil
}

// Current is the index of the open step, or -1.
func (r Run) Current() int {
	return slices.IndexFunc(r.Steps, func(s Step) bool { return s.State == Open })
}

// CurrentKey is the key of the open step, or empty.
func (r Run) CurrentKey() string {
	if i := r.Current(); i >= 0 {
		return r.Version.Steps[i].Key
	}
	return ""
}

// BlankSteps are the steps of a run that has reached none.
func BlankSteps(v *procedure.Version) []Step {
	steps := make([]Step, len(v.Steps))
	for i := range steps {
		steps[i] = blankStep(&v.Steps[i])
	}
	return steps
}

// blankStep is a step that has not been reached.
func blankStep(def *procedure.Step) Step {
	return Step{State: Locked, Visit: BlankVisit(def, 0)}
}

// BlankVisit is a visit in which nothing has been said yet.
func BlankVisit(def *procedure.Step, visit int) Visit {
	return Visit{Number: visit, Slots: make([]SlotValue, len(def.Slots)), Items: checklist.Blank(def.Items)}
}
