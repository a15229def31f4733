package run

import "github.com/procedo/procedo/core/procedure"

// Amend corrects the current visit of a committed step, with a reason. The amended content is checked like a commit,
// except that unchanged values always pass. The state and the path of the run do not change.
type Amend struct {
	Submission
	Reason string
}

// Action returns the action of the event that records the accepted command.
func (Amend) Action() Action { return ActionAmended }

func (Amend) name() string              { return "amend" }
func (c Amend) submission() *Submission { return &c.Submission }
func (c Amend) reason() string          { return c.Reason }

func (c Amend) withSecrets(s Secrets) Command {
	c.Secrets = s
	return c
}

func (c Amend) decide(d *decider) error {
	i, err := d.findStep(c.Step, procedure.AgentsCommit)
	if err != nil {
		return err
	}
	if d.run.State == Failed {
		return d.stateConflict(InProgress)
	}
	if d.run.Steps[i].State != Committed {
		return d.conflict("step.not_committed", d.lockedParams(i))
	}
	if err := d.checkVisit(i, c.Visit); err != nil {
		return err
	}
	m, err := d.merge(i, &d.run.Steps[i].Visit, &c.Submission, amendMode)
	if err = d.requireReason(c.Reason, err); err != nil {
		return err
	}
	if !m.differs() {
		return nil
	}
	divergences, err := d.divergences(i, m.slots)
	if err != nil {
		return err
	}
	d.emit(Amended{
		Content: m.changedContent(), Reason: c.Reason, Conditions: m.conditions, Divergences: divergences,
	})
	d.decision.PlainValues = m.plainValues
	return nil
}
