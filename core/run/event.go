package run

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/slot"
)

// Stamp says who did something, and when (UTC microseconds).
type Stamp struct {
	Actor string
	At    time.Time
}

// Event is one immutable fact about a run.
type Event struct {
	Stamp
	Fact Fact
}

// Fact says what happened. The set is closed: code that reads facts must handle each kind.
//
//sumtype:decl
type Fact interface {
	// Action returns the fact's name in the trail.
	Action() Action
	// evolve returns the run once the fact has happened; false where it cannot have happened to this run.
	evolve(r Run, by Stamp) (Run, bool)
}

// Action is the name of a kind of event in the trail. An action never changes its meaning.
type Action string

// The actions of a run's trail.
const (
	ActionCreated       Action = "run.created"
	ActionStarted       Action = "run.started"
	ActionCompleted     Action = "run.completed"
	ActionFailed        Action = "run.failed"
	ActionRefused       Action = "run.action_refused"
	ActionOpened        Action = "step.opened"
	ActionDraftSaved    Action = "step.draft_saved"
	ActionDraftRefused  Action = "step.draft_refused"
	ActionCommitted     Action = "step.committed"
	ActionCommitRefused Action = "step.commit_refused"
	ActionAmended       Action = "step.amended"
	ActionSkipped       Action = "step.skipped"
	ActionNotApplicable Action = "step.not_applicable"
	ActionValueErased   Action = "step.value_erased"
)

// The facts. Steps, slots and items are named by their indexes in the definition.
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
	// Opened says that a step is open for a visit.
	Opened struct {
		Step, Visit int
		Conditions  []ConditionResult // that led to the step
	}
	// DraftSaved holds the changes to the open step's draft.
	DraftSaved struct{ Content }
	// StepCommitted holds the whole content that was accepted.
	StepCommitted struct {
		Content
		Conditions []ConditionResult // that decided which slots and items apply and are required
	}
	// StepSkipped says that a step was left undone, and why.
	StepSkipped struct {
		Step, Visit int
		Reason      string
	}
	// StepNotApplicable says that a step was passed over, by its own condition or by a transition.
	StepNotApplicable struct {
		Step       int
		Transition string // JSON pointer of the deciding transition; empty where the step's own condition decided
		Conditions []ConditionResult
	}
	// Amended holds the changes of a correction.
	Amended struct {
		Content
		Reason     string
		Conditions []ConditionResult
	}
	// RunCompleted says that no step is left to do.
	RunCompleted struct{ Conditions []ConditionResult }
	// RunFailed says that the run was ended before its time.
	RunFailed struct{ Reason string }
	// ValueErased says that the plain value of a sensitive slot was erased. The seal stays, and the run's revision does
	// not change.
	ValueErased struct {
		Step, Visit, Slot int
		Reason            string // may be empty
	}
	// Refused records a command that was not accepted. It changes nothing but the trail's length.
	Refused struct {
		Command string
		Step    string
		Code    string
		Params  fault.Params // which condition could not be evaluated, and why
		Issues  []fault.Issue
		Omitted int    // issues beyond MaxRecordedIssues
		Input   string // raw text, at most MaxRecordedInput bytes, sensitive values sealed
		// Unrecorded counts earlier refusals, of any run, that could not be recorded.
		Unrecorded int
	}
)

// Content holds values and ticks of a visit of a step: all of them, or those that changed.
type Content struct {
	Step  int
	Visit int
	Slots []Entry // a slot with an absent value was cleared
	Ticks []checklist.Tick
	// InapplicableSlots and InapplicableItems are the slots and items that did not apply when the step was committed.
	InapplicableSlots []int
	InapplicableItems []int
}

// Entry is the value of one slot.
type Entry struct {
	Slot int
	SlotValue
}

func (c Content) isEmpty() bool { return len(c.Slots) == 0 && len(c.Ticks) == 0 }

// InapplicableFields returns the fields of the slots and items that did not apply.
func (c Content) InapplicableFields(def *procedure.Step) (fields []string) {
	for _, j := range c.InapplicableSlots {
		fields = append(fields, slot.FieldOf(def.Slots[j].Name))
	}
	for _, j := range c.InapplicableItems {
		fields = append(fields, checklist.FieldOf(def.Items[j].Key))
	}
	return fields
}

// Action returns the name of the fact in the trail.
func (Created) Action() Action           { return ActionCreated }
func (Started) Action() Action           { return ActionStarted }
func (Opened) Action() Action            { return ActionOpened }
func (DraftSaved) Action() Action        { return ActionDraftSaved }
func (StepCommitted) Action() Action     { return ActionCommitted }
func (Amended) Action() Action           { return ActionAmended }
func (StepSkipped) Action() Action       { return ActionSkipped }
func (StepNotApplicable) Action() Action { return ActionNotApplicable }
func (RunCompleted) Action() Action      { return ActionCompleted }
func (RunFailed) Action() Action         { return ActionFailed }
func (ValueErased) Action() Action       { return ActionValueErased }

// Action returns the name of the fact in the trail, which depends on the command that was refused.
func (f Refused) Action() Action {
	switch f.Command {
	case Draft{}.name():
		return ActionDraftRefused
	case Commit{}.name():
		return ActionCommitRefused
	default:
		return ActionRefused
	}
}
