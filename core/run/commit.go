package run

import (
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
)

// Commit closes the open step. The submission is merged into the draft, and the result is checked as a whole.
type Commit struct{ Submission }

// Action returns the action of the event that records the accepted command.
func (Commit) Action() Action { return ActionCommitted }

func (Commit) name() string              { return "commit" }
func (c Commit) submission() *Submission { return &c.Submission }
func (Commit) reason() string            { return "" }

func (c Commit) withSecrets(s Secrets) Command {
	c.Secrets = s
	return c
}

func (c Commit) decide(d *decider) error {
	_, err := c.decideContent(d)
	return err
}

// decideContent is decide. It also returns what it checked, also if the commit is refused for it. This is the zero
// merged if the commit is decided without a check: if it repeats one, or if the step is not open.
func (c Commit) decideContent(d *decider) (m merged, err error) {
	need := procedure.AgentsCommit
	if d.checks {
		need = procedure.AgentsDraft // a person confirms what an agent has prepared
	}
	i, err := d.findStep(c.Step, need)
	if err != nil {
		return m, err
	}
	if committed := d.repeatOf(i, c.Visit); committed != nil {
		return m, d.acceptRepeat(i, committed, &c.Submission)
	}
	if err := d.checkOpen(i, c.Visit); err != nil {
		return m, err
	}
	if m, err = d.merge(i, &d.run.Steps[i].Visit, &c.Submission, commitMode); err != nil {
		return m, err
	}
	d.startWork()
	d.emit(StepCommitted{Content: m.content(), Conditions: m.conditions})
	d.decision.PlainValues = m.plainValues
	return m, d.advance(i, m.slots)
}

// repeatOf returns the committed visit that a commit of step i may repeat, or nil. A commit that names a visit may
// repeat only that visit. A commit without a visit may repeat the current visit or, after a jump back has locked the
// step, the last committed visit.
func (d *decider) repeatOf(i, visit int) *Visit {
	s := &d.run.Steps[i]
	committed := (*Visit)(nil)
	switch {
	case visit != 0 && (visit != s.Number || s.State != Open):
		committed = s.closedVisit(visit)
	case s.State == Committed:
		committed = &s.Visit
	case s.State == Locked && visit == 0:
		committed = s.lastCommitted()
	}
	if committed == nil || committed.Skipped {
		return nil
	}
	return committed
}

// acceptRepeat returns nil if the submission would change nothing in the committed visit, and a refusal otherwise. A
// repeat is accepted in every state of the run, even after its end.
func (d *decider) acceptRepeat(i int, committed *Visit, s *Submission) error {
	m, err := d.merge(i, committed, s, repeatMode)
	if err != nil && !fault.Is(err, fault.Invalid) {
		return err
	}
	if err == nil && !m.differs() {
		return nil
	}
	if s.Visit != 0 && s.Visit != d.run.Steps[i].Number {
		return d.checkVisit(i, s.Visit)
	}
	return d.conflict("step.already_committed", d.lockedParams(i))
}
