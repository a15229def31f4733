package run

import (
	"slices"

	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/slot"
)

// MaxReason is the maximum length of a reason, in code points.
const MaxReason = 4000

// Command is a request to change a run. The set is closed; each command has a file of its own.
//
//sumtype:decl
type Command interface {
	// Action returns the action of the event that records the accepted command. Other events may follow from this one.
	Action() Action
	// name returns the name under which a refusal of the command is recorded.
	name() string
	// submission returns the command's input for a step; nil for a command on the whole run.
	submission() *Submission
	// reason returns the reason of the command; empty for commands without one.
	reason() string
	// withSecrets returns the command with the salts and values to seal and compare sensitive values.
	withSecrets(s Secrets) Command
}

// Submission is the input of a command for one step.
type Submission struct {
	Step    string
	Slots   map[string][]byte // raw JSON values by slot name
	Ticks   []checklist.Tick
	Origins map[string]slot.Origin // by slot name; a slot without an entry gets the origin Manual
	Visit   int                    // 0: the current visit
	Secrets
}

// Secrets are the salts and known values for the sensitive slots in a submission. A run holds only digests of such
// values.
type Secrets struct {
	// Salts are used to seal new values. There must be at least as many as SensitiveSlots returns.
	Salts []commitment.Salt
	// Known are the values of the run that have not been erased. Only values that the command submits again need be
	// among them.
	Known []PlainValue
}

// SensitiveSlots returns the number of sensitive slots for which the command submits a value. compares is true if the
// run may already hold one of these values: the command then needs the known values, to tell an equal value from a new
// one.
func SensitiveSlots(r Run, c Command) (n int, compares bool) {
	s := c.submission()
	if s == nil || len(s.Slots) == 0 || !r.Version.HasSensitive() {
		return 0, false
	}
	i, known := r.Version.StepIndex(s.Step)
	if !known {
		return 0, false
	}
	for j := range r.Version.Steps[i].Slots {
		def := &r.Version.Steps[i].Slots[j]
		if _, given := s.Slots[def.Name]; !def.Sensitive || !given {
			continue
		}
		n++
		compares = compares || r.Steps[i].hasValue(j)
	}
	return n, compares
}

// Submits reports whether the command submits the slot of a value.
func Submits(r Run, c Command, p PlainValue) bool {
	s := c.submission()
	if s == nil || r.Version.Steps[p.Step].Key != s.Step {
		return false
	}
	_, given := s.Slots[r.Version.Steps[p.Step].Slots[p.Slot].Name]
	return given
}

// hasValue reports whether any visit has a value for slot j.
func (s *Step) hasValue(j int) bool {
	return slices.ContainsFunc(s.Visits(), func(v *Visit) bool { return !v.Slots[j].Value.IsAbsent() })
}

// WithSecrets returns the command with the given secrets.
func WithSecrets(c Command, s Secrets) Command { return c.withSecrets(s) }
