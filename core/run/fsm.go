package run

// State is the state of a run.
type State string

// The states of a run.
const (
	Pending    State = "pending"
	InProgress State = "in_progress"
	Completed  State = "completed"
	Failed     State = "failed"
)

// Transition is a move between two states of a run that the state machine allows.
type Transition struct {
	From, To State
	Cause    string // what causes the move
}

// Transitions is the whole state machine. The diagram in the documentation is generated from it.
var Transitions = []Transition{
	{Pending, InProgress, "first draft, commit or skip"},
	{InProgress, Completed, "no step left to do"},
	{Pending, Failed, "fail"},
	{InProgress, Failed, "fail"},
}

// States lists all states, from the initial state to the final ones.
var States = []State{Pending, InProgress, Completed, Failed}

// Allows reports whether a run may move from state s to the given state.
func (s State) Allows(to State) bool {
	for _, t := range Transitions {
		if t.From == s && t.To == to {
			return true
		}
	}
	return false
}

// Final reports whether a run in this state can no longer move to another state.
func (s State) Final() bool {
	for _, t := range Transitions {
		if t.From == s {
			return false
		}
	}
	return true
}

// StepState is the state of a step of a run.
type StepState string

// The states of a step. Exactly one step is open while a run is not final.
const (
	Locked        StepState = "locked"
	Open          StepState = "open"
	Committed     StepState = "committed"
	Skipped       StepState = "skipped"
	NotApplicable StepState = "not_applicable"
)
