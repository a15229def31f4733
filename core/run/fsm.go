package run

// State is where a run stands.
type State string

// The states of a run.
const (
	Pending    State = "pending"
	InProgress State = "in_progress"
	Completed  State = "completed"
	Failed     State = "failed"
)

// Transition is one move that the machine allows.
type Transition struct {
	From, To State
	Act      string // what makes the move
}

// Transitions is the whole machine. The documentation's diagram is made from it.
var Transitions = []Transition{
	{Pending, InProgress, "first draft, commit or skip"},
	{InProgress, Completed, "no step left to do"},
	{Pending, Failed, "fail"},
	{InProgress, Failed, "fail"},
}

// States lists the states in the order of a run's life.
var States = []State{Pending, InProgress, Completed, Failed}

// Allows reports whether a run in this state may move to the other.
func (s State) Allows(to State) bool {
	for _, t := range Transitions {
		if t.From == s && t.To == to {
			return true
		}
	}
	return false
}

// Final reports whether no move leads out of the state.
func (s State) Final() bool {
	for _, t := range Transitions {
		if t.From == s {
			return false
		}
	}
	return true
}

// StepState is where a step of a run stands.
type StepState string

// The states of a step. Exactly one step is open while a run is not final.
const (
	Locked        StepState = "locked"
	Open          StepState = "open"
	Committed     StepState = "committed"
	Skipped       StepState = "skipped"
	NotApplicable StepState = "not_applicable"
)
