package run

import (
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/slot"
)

// MaxReason is the longest reason, in code points.
const MaxReason = 4000

// Command is a request to change a run. The set is closed; each command has a file of its own.
//
//sumtype:decl
type Command interface {
	// name is what the record of a refusal calls the command.
	name() string
	// submission is what the command says of a step; nil where it is about the whole run.
	submission() *Submission
	// reason is the given justification; empty where the command takes none.
	reason() string
	// withSalts returns the command with salts for the values that it gives.
	withSalts(salts []slot.Salt) Command
	// decide emits the events of the command, or returns the refusal.
	decide(d *decider) error
}

// Submission is what a command says of one step.
type Submission struct {
	Step    string
	Slots   map[string][]byte // raw JSON values by slot name
	Ticks   []checklist.Tick
	Origins map[string]slot.Origin // of the values given
	Visit   int                    // the visit that is meant; 0: the current one
	// Salts are random bytes, one for each value given, for the values that must be sealed.
	Salts []slot.Salt
}

// SaltsNeeded returns how many salts a command may use on the run.
func SaltsNeeded(r Run, c Command) int {
	s := c.submission()
	if s == nil {
		return 0
	}
	if i, ok := r.Version.StepIndex(s.Step); !ok || !r.Version.Steps[i].HasSensitive() {
		return 0
	}
	return len(s.Slots)
}

// WithSalts returns the command with its salts.
func WithSalts(c Command, salts []slot.Salt) Command { return c.withSalts(salts) }
