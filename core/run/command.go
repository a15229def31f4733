package run

import (
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/slot"
)

// MaxReason is the maximum length of a reason, in code points.
const MaxReason = 4000

// Command is a request to change a run. The set is closed; each command has a file of its own.
//
//sumtype:decl
type Command interface {
	// name returns the name under which a refusal of the command is recorded.
	name() string
	// submission returns the command's input for a step; nil for a command on the whole run.
	submission() *Submission
	// reason returns the reason of the command; empty for commands without one.
	reason() string
	// withSalts returns the command with salts for sealing its sensitive values.
	withSalts(salts []slot.Salt) Command
}

// Submission is the input of a command for one step.
type Submission struct {
	Step    string
	Slots   map[string][]byte // raw JSON values by slot name
	Ticks   []checklist.Tick
	Origins map[string]slot.Origin // by slot name; a slot without an entry gets the origin Manual
	Visit   int                    // 0: the current visit
	// Salts are used to seal sensitive values. There must be at least as many as SaltsNeeded returns.
	Salts []slot.Salt
}

// SaltsNeeded returns the greatest number of salts that the command can use on the run.
func SaltsNeeded(r Run, c Command) int {
	s := c.submission()
	if s == nil {
		return 0
	}
	if !r.Version.HasSensitive() {
		return 0
	}
	return len(s.Slots) // a refusal may seal all submitted values; see recordedInput
}

// WithSalts returns the command with the given salts.
func WithSalts(c Command, salts []slot.Salt) Command { return c.withSalts(salts) }
