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

// Step is the current visit of one step. Slots and Items stand in the definition's order.
type Step struct {
	State       StepState
	Visit       int // 0 until the step is first reached
	CommittedAt time.Time
	CommittedBy string
	Amended     bool
	Slots       []Held
	Items       []checklist.State
}

// Held is a slot's value and where it came from; an absent value has no origin.
type Held struct {
	Value  slot.Value
	Origin slot.Origin
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
	return Step{State: Locked, Slots: make([]Held, len(def.Slots)), Items: checklist.Blank(def.Items)}
}

// Progress says how far a run has come.
type Progress struct {
	Steps     StepProgress
	Checklist ChecklistProgress
	// Provisional is set while an undecided condition could change a total.
	Provisional bool
}

// StepProgress counts steps.
type StepProgress struct{ Total, Committed, Skipped, NotApplicable int }

// ChecklistProgress counts the items of the steps that apply.
type ChecklistProgress struct{ Total, Completed int }

// Tenths is the percentage in tenths of a percent, half up; ok is false where there is nothing to count.
func (c ChecklistProgress) Tenths() (tenths int, ok bool) {
	if c.Total == 0 {
		return 0, false
	}
	return (2000*c.Completed + c.Total) / (2 * c.Total), true
}

// Progress counts what is done of what applies.
func (r Run) Progress() Progress {
	p := Progress{Steps: StepProgress{Total: len(r.Steps)}}
	for _, s := range r.Steps {
		switch s.State {
		case Committed:
			p.Steps.Committed++
		case Skipped:
			p.Steps.Skipped++
		case NotApplicable:
			p.Steps.NotApplicable++
			continue
		}
		p.Checklist.Total += len(s.Items)
		for _, it := range s.Items {
			if it.Completed {
				p.Checklist.Completed++
			}
		}
	}
	return p
}
