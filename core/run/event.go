package run

import (
	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
)

// Event is one immutable fact about a run.
type Event struct {
	Stamp
	Fact Fact
}

// Fact is what happened; the set is closed.
type Fact interface {
	// Action is the fact's name in the trail.
	Action() string
}

// Content is what was said of a step's visit. Slots that are absent were cleared.
type Content struct {
	Step              int // index in the definition
	Visit             int
	Slots             []Entry
	Ticks             []checklist.Tick
	InapplicableSlots []int // slots and items that did not apply when the step was committed
	InapplicableItems []int
}

// Entry is one slot's value, by the slot's index in its step.
type Entry struct {
	Slot int
	SlotValue
}

// The facts.
type (
	// Created is a run's first event.
	Created struct {
		RunID     string
		Version   *procedure.Version
		UserID    string
		Reference string
		Metadata  jsontext.Value
	}
	// Started says that work began.
	Started struct{}
	// Opened says that a step awaits its visit.
	Opened struct {
		Step, Visit int
		Conditions  []ConditionResult // what led there
	}
	// DraftSaved holds what changed in the open step's draft.
	DraftSaved struct{ Content }
	// StepCommitted holds the whole content that was accepted.
	StepCommitted struct {
		Content
		Conditions []ConditionResult // what decided which slots and items apply and are needed
	}
	// StepSkipped says that a step was left undone, and why.
	StepSkipped struct {
		Step, Visit int
		Reason      string
	}
	// StepNotApplicable says that a step was passed over: by its own condition, or by a transition.
	StepNotApplicable struct {
		Step       int
		Transition string // JSON pointer of the deciding transition; empty where the step's own condition decided
		Conditions []ConditionResult
	}
	// Amended holds what a correction changed.
	Amended struct {
		Content
		Reason     string
		Conditions []ConditionResult
	}
	// RunCompleted says that no step is left to do.
	RunCompleted struct{ Conditions []ConditionResult }
	// RunFailed says that the run was ended.
	RunFailed struct{ Reason string }
	// ValueErased says that the plain value of a sensitive slot is gone. It changes neither what the run shows nor its revision.
	ValueErased struct {
		Step, Visit, Slot int
		Reason            string // may be empty
	}
	// Refused records a command that was not accepted; it changes nothing but the trail's length.
	Refused struct {
		Command string
		Step    string
		Code    string
		Params  fault.Params // of a condition that failed: which, and why
		Issues  []fault.Issue
		Omitted int    // issues beyond MaxRecordedIssues
		Input   string // raw text, at most MaxRecordedInput bytes, sensitive values sealed
		// Unrecorded counts refusals before this one, of any run, that could not be recorded.
		Unrecorded int
	}
)

// Actions, as they stand in the trail.
const (
	ActionCreated       = "run.created"
	ActionStarted       = "run.started"
	ActionCompleted     = "run.completed"
	ActionFailed        = "run.failed"
	ActionRefused       = "run.action_refused"
	ActionOpened        = "step.opened"
	ActionDraftSaved    = "step.draft_saved"
	ActionDraftRefused  = "step.draft_refused"
	ActionCommitted     = "step.committed"
	ActionCommitRefused = "step.commit_refused"
	ActionAmended       = "step.amended"
	ActionSkipped       = "step.skipped"
	ActionNotApplicable = "step.not_applicable"
	ActionValueErased   = "step.value_erased"
)

// Action names the fact in the trail.
func (Created) Action() string       { return ActionCreated }
func (Started) Action() string       { return ActionStarted }
func (Opened) Action() string        { return ActionOpened }
func (DraftSaved) Action() string    { return ActionDraftSaved }
func (StepCommitted) Action() string { return ActionCommitted }
func (Amended) Action() string       { return ActionAmended }
func (RunCompleted) Action() string  { return ActionCompleted }
func (RunFailed) Action() string     { return ActionFailed }

func (StepSkipped) Action() string { return ActionSkipped }

// Action names the fact in the trail.
func (StepNotApplicable) Action() string { return ActionNotApplicable }
func (ValueErased) Action() string       { return ActionValueErased }

// Action names the refusal after the command that was refused.
func (f Refused) Action() string {
	switch f.Command {
	case Draft{}.name():
		return ActionDraftRefused
	case Commit{}.name():
		return ActionCommitRefused
	default:
		return ActionRefused
	}
}
