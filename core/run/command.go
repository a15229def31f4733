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
	// name returns the command's name, which is recorded with a refusal.
	name() string
	// submission returns the command's input for a step; nil for a command on the whole run.
	submission() *Submission
	// reason returns the reason given; empty where the command takes none.
	reason() string
	// withSalts returns the command with salts for its values.
	withSalts(salts []slot.Salt) Command
	// decide emits the events of the command, or returns the refusal.
	decide(d *decider) error
}

// Submission is the input of a command for one step.
type Submission struct {
	Step    string
	Slots   map[string][]byte // raw JSON values by slot name
	Ticks   []checklist.Tick
	Origins map[string]slot.Origin // by slot name; manual where there is none
	Visit   int                    // 0: the current visit
	// Salts holds at least as many salts as SaltsNeeded returns, to seal sensitive values with.
	Salts []slot.Salt
}

// SaltsNeeded returns the number of salts that a command may use on the run.
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
