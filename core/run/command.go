package run

import (
	"time"

	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/slot"
)

// MaxReason is the longest reason, in code points.
const MaxReason = 4000

// Command is something asked of a run: Draft, Commit, Amend, Skip, Fail or Erase.
type Command interface {
	// name is how a refusal's record calls the command.
	name() string
	// submission is what the command says of a step, nil where it says nothing.
	submission() *Submission
}

// Submission is what a command says of one step: raw JSON values by slot name, ticks, origins of the values
// given, and the visit meant (0: the current one).
type Submission struct {
	Step    string
	Slots   map[string][]byte
	Ticks   []checklist.Tick
	Origins map[string]slot.Origin
	Visit   int
	// Salts are fresh random bytes, one for each value given; used where a value must be sealed.
	Salts []slot.Salt
}

// Draft saves values and ticks of the open step, each checked by itself.
type Draft struct{ Submission }

// Commit closes the open step with its draft and what is laid over it, checked as a whole.
type Commit struct{ Submission }

// Amend corrects the current visit of a committed step.
type Amend struct {
	Submission
	Reason string
}

// Skip leaves the open step undone, where its definition allows it.
type Skip struct {
	Step   string
	Visit  int // 0: the current one
	Reason string
}

// Fail ends the run.
type Fail struct{ Reason string }

func (Draft) name() string  { return "draft" }
func (Commit) name() string { return "commit" }
func (Amend) name() string  { return "amend" }
func (Skip) name() string   { return "skip" }
func (Fail) name() string   { return "fail" }

func (c Draft) submission() *Submission  { return &c.Submission }
func (c Commit) submission() *Submission { return &c.Submission }
func (c Amend) submission() *Submission  { return &c.Submission }
func (c Skip) submission() *Submission   { return &Submission{Step: c.Step, Visit: c.Visit} }
func (Fail) submission() *Submission     { return nil }

// SaltsNeeded is how many salts a command may use up on the run.
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
func WithSalts(c Command, salts []slot.Salt) Command {
	switch c := c.(type) {
	case Draft:
		c.Salts = salts
		return c
	case Commit:
		c.Salts = salts
		return c
	case Amend:
		c.Salts = salts
		return c
	}
	return c
}

// Act is who does something and when (UTC microseconds).
type Stamp struct {
	Actor string
	At    time.Time
}
