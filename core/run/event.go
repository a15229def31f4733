package run

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/slot"
)

// Stamp says who did something, and when (UTC, to the microsecond).
type Stamp struct {
	By access.Principal
	At time.Time
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
	// evolve returns the run with the fact applied. It returns false if the fact cannot have happened to the run. It
	// may change the elements of r.Steps if own is true, and copies the steps otherwise.
	evolve(r Run, stamp Stamp, own bool) (Run, bool)
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
	ActionValueErased   Action = "step.value_erased" // written by earlier releases
	ActionContentErased Action = "run.content_erased"
	ActionRevealed      Action = "slot.revealed"
)

// Actions holds all actions of a run's trail.
var Actions = []Action{
	ActionCreated, ActionStarted, ActionCompleted, ActionFailed, ActionRefused, ActionOpened, ActionDraftSaved,
	ActionDraftRefused, ActionCommitted, ActionCommitRefused, ActionAmended, ActionSkipped, ActionNotApplicable,
	ActionValueErased, ActionContentErased, ActionRevealed,
}

// The facts. Steps, slots and items are given by their indexes in the definition; a tick gives the item's key instead.
type (
	// Created is a run's first event.
	Created struct {
		RunID     string
		Version   *procedure.Version
		UserID    string
		Reference string
		Metadata  jsontext.Value
		Hidden    []ErasedText // texts that the event no longer shows
	}
	// Started says that the run moved from pending to in progress.
	Started struct{}
	// Opened says that a step was opened for a new visit.
	Opened struct {
		Step, Visit int
		Conditions  []ConditionResult // results that led to the step
		// Carried are the slots whose values are copied from the step's last visit into the draft of the new visit.
		Carried []int
	}
	// DraftSaved holds the changes to the open step's draft.
	DraftSaved struct{ Content }
	// StepCommitted holds the complete content of a committed step.
	StepCommitted struct {
		Content
		Conditions []ConditionResult // results of the step's conditions and rules
	}
	// StepSkipped says that a step was skipped, and why.
	StepSkipped struct {
		Step, Visit int
		Reason      string
		Hidden      bool // the event no longer shows the reason
	}
	// StepNotApplicable says that the run passed over a step. Either the step's own condition is false, or a transition
	// led to a later step.
	StepNotApplicable struct {
		Step       int
		Transition string // JSON pointer of the transition; empty if the step's own condition decided
		Conditions []ConditionResult
	}
	// Amended holds the changes that an amendment made to a committed step.
	Amended struct {
		Content
		Reason      string
		Conditions  []ConditionResult
		Divergences []Divergence // all divergences of the run after the amendment
	}
	// RunCompleted says that the run ended because no step was left to do.
	RunCompleted struct{ Conditions []ConditionResult }
	// RunFailed says that the run was failed, and why.
	RunFailed struct{ Reason string }
	// ContentErased records what was erased, and why. The run's revision does not change.
	ContentErased struct {
		Targets []ErasedTarget
		Places  []commitment.Place // of the disclosures that were removed
		Reason  string
	}
	// SlotRevealed says that somebody was shown the plain value of a sensitive slot, and why.
	SlotRevealed struct {
		Step, Visit, Slot int
		Reason            string
	}
	// ValueErased is the erasure of a sensitive value by an earlier release.
	ValueErased struct {
		Step, Visit, Slot int
		Reason            string // may be empty
	}
	// Refused records a refused command. It leaves the run's state and revision unchanged.
	Refused struct {
		Command string
		Step    string
		Code    string
		Params  fault.Params // if Code is ConditionFailed: which condition could not be evaluated, and why
		Issues  []fault.Issue
		Omitted int // number of issues that are not recorded
		// Input is the command's input as JSON text, without sensitive values. It is cut to MaxRecordedInput bytes, and
		// is empty once the run has MaxFullRefusals refusals.
		Input string
		// Partial is set if a sensitive value was left out of Input.
		Partial bool
		// Unrecorded is set only in events of earlier releases: the number of refusals, of any run, that could not be
		// recorded since the last recorded one.
		Unrecorded int
	}
)

// Content holds the values and ticks of a visit: all of them for a commit, the changed ones for a draft or amendment.
type Content struct {
	Step  int
	Visit int
	Slots []Entry // an absent value means that the slot was cleared
	Ticks []checklist.Tick
	// InapplicableSlots and InapplicableItems are the slots and items that do not apply. A commit lists all of them; an
	// amendment lists only those that applied before it. Their values and ticks are dropped.
	InapplicableSlots []int
	InapplicableItems []int
	// ApplicableSlots and ApplicableItems are the slots and items that did not apply before an amendment and do after
	// it.
	ApplicableSlots []int
	ApplicableItems []int
}

// Entry is the index of a slot and its value.
type Entry struct {
	Slot int
	SlotValue
}

func (c Content) isEmpty() bool { return len(c.Slots) == 0 && len(c.Ticks) == 0 }

// InapplicableFields returns the fields of InapplicableSlots and InapplicableItems.
func (c Content) InapplicableFields(def *procedure.Step) []string {
	return fieldsOf(def, c.InapplicableSlots, c.InapplicableItems)
}

// ApplicableFields returns the fields of ApplicableSlots and ApplicableItems.
func (c Content) ApplicableFields(def *procedure.Step) []string {
	return fieldsOf(def, c.ApplicableSlots, c.ApplicableItems)
}

func fieldsOf(def *procedure.Step, slots, items []int) (fields []string) {
	for _, j := range slots {
		fields = append(fields, slot.FieldOf(def.Slots[j].Name))
	}
	for _, j := range items {
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
func (ContentErased) Action() Action     { return ActionContentErased }
func (SlotRevealed) Action() Action      { return ActionRevealed }

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
