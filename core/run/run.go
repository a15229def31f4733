// Package run contains the rules of runs as two pure functions. Decide returns the events of a command, or refuses it.
// Evolve applies one event to a run. Applying all events of a run in order gives its state.
package run

import (
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/fault"
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
	Erased    []ErasedText // texts of the run that were erased, sorted
	Withheld  []ErasedText // texts of the run that a bundle does not disclose

	State    State
	Revision int64 // 1 for a new run; each later command that changes the run adds 1, except an erasure
	Seq      int64 // the number of events in the run's trail, refusals included
	Steps    []Step
	Failure  *Failure
	size     int // see Size

	// Divergences are the conditions on the path that would now have another result; see Diverged.
	Divergences []Divergence
	// Refusals is the number of refused commands in the run's trail.
	Refusals int
	// LastRefusal identifies the refusal in the last event of the trail, so that the same refusal is not recorded twice
	// in a row. It is empty if the last event is not a refusal, or holds only part of the refused input.
	LastRefusal string

	CreatedAt, StartedAt, UpdatedAt, ClosedAt time.Time // UTC, to the microsecond; zero if it has not happened yet
	LastEventAt                               time.Time // time of the last event of the trail
}

// Failure says why, when and by whom a run was failed.
type Failure struct {
	Reason string
	At     time.Time
	By     string
}

// Step is a step of a run: its current visit and the earlier ones.
type Step struct {
	State StepState
	Visit
	// Earlier holds the closed visits before the current one, oldest first. When the run jumps back past this step, the
	// last visit moves to Earlier. Until the step is opened again, Visit then holds only the number of that last visit.
	Earlier []Visit
}

// Visit is one visit of a step. Slots and Items are in the order of the definition.
type Visit struct {
	Number      int // from 1; 0 until the step is first opened
	CommittedAt time.Time
	CommittedBy string // actor who committed or skipped the step
	Skipped     bool
	Reason      string // why the step was skipped; empty if it was not, or if the reason was erased
	Amended     bool
	Slots       []SlotValue
	Items       []checklist.State
}

// SlotValue is a slot's value and its origin. An absent value has no origin. The value of a sensitive slot is a seal: a
// digest. The plain value and the salt of the digest are stored outside the run.
type SlotValue struct {
	Value  slot.Value
	Origin slot.Origin
	// NotApplicable is set if the slot did not apply when its step was committed.
	NotApplicable bool
	// ErasedAt is the time at which the value was erased; nil if it has not been erased.
	ErasedAt *time.Time
}

// Identical reports whether all fields of two slot values are the same. Two seals of one value with different salts are
// not identical.
func (v SlotValue) Identical(o SlotValue) bool {
	if v.Origin != o.Origin || v.NotApplicable != o.NotApplicable || (v.ErasedAt == nil) != (o.ErasedAt == nil) {
		return false
	}
	if v.ErasedAt != nil && !v.ErasedAt.Equal(*o.ErasedAt) {
		return false
	}
	return v.Value.Identical(o.Value)
}

// Superseded reports whether a jump back has moved the step's last visit to Earlier and left Visit blank. The step is
// then locked or not applicable.
func (s *Step) Superseded() bool {
	return len(s.Earlier) > 0 && s.Earlier[len(s.Earlier)-1].Number == s.Number
}

// FindVisit returns the open or closed visit with the given number, or nil.
func (s *Step) FindVisit(visit int) *Visit {
	if s.Number == visit && !s.Superseded() {
		return &s.Visit
	}
	return s.closedVisit(visit)
}

// closedVisit returns the closed visit with the given number, or nil.
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

// lastClosed returns the latest of the earlier visits, or nil.
func (s *Step) lastClosed() *Visit {
	if len(s.Earlier) == 0 {
		return nil
	}
	return &s.Earlier[len(s.Earlier)-1]
}

// lastCommitted returns the latest of the earlier visits that were committed and not skipped, or nil.
func (s *Step) lastCommitted() *Visit {
	for i := len(s.Earlier) - 1; i >= 0; i-- {
		if !s.Earlier[i].Skipped {
			return &s.Earlier[i]
		}
	}
	return nil
}

// FindStep returns the index of the step with the given key, or a NotFound error.
func (r *Run) FindStep(key string) (int, error) {
	if i, ok := r.Version.StepIndex(key); ok {
		return i, nil
	}
	return 0, fault.New(fault.NotFound, "step.not_found", nil)
}

// Current returns the index of the open step, or -1 if no step is open.
func (r Run) Current() int {
	return slices.IndexFunc(r.Steps, func(s Step) bool { return s.State == Open })
}

// CurrentKey returns the key of the open step, or an empty string if no step is open.
func (r Run) CurrentKey() string {
	if i := r.Current(); i >= 0 {
		return r.Version.Steps[i].Key
	}
	return ""
}

// Diverged reports whether the run would take another path with its present values: an amendment has changed the result
// of a condition on its path.
func (r Run) Diverged() bool { return len(r.Divergences) > 0 }

// BlankSteps returns the steps of a new run: all locked, without values and ticks.
func BlankSteps(v *procedure.Version) []Step {
	steps := make([]Step, len(v.Steps))
	for i := range steps {
		steps[i] = Step{State: Locked, Visit: BlankVisit(&v.Steps[i], 0)}
	}
	return steps
}

// BlankVisit returns the visit with the given number, without values and ticks.
func BlankVisit(def *procedure.Step, number int) Visit {
	return Visit{Number: number, Slots: make([]SlotValue, len(def.Slots)), Items: checklist.Blank(def.Items)}
}
