package run

import "github.com/procedo/procedo/core/procedure"

// Draft saves values and ticks of the open step. Each value is checked on its own, and required values may be missing.
type Draft struct{ Submission }

// Action returns the action of the event that records the accepted command.
func (Draft) Action() Action { return ActionDraftSaved }

func (Draft) name() string              { return "draft" }
func (c Draft) submission() *Submission { return &c.Submission }
func (Draft) reason() string            { return "" }

func (c Draft) withSecrets(s Secrets) Command {
	c.Secrets = s
	return c
}

func (c Draft) decide(d *decider) error {
	i, err := d.findStep(c.Step, procedure.AgentsDraft)
	if err != nil {
		return err
	}
	if err := d.checkOpen(i, c.Visit); err != nil {
		return err
	}
	m, err := d.merge(i, &d.run.Steps[i].Visit, &c.Submission, draftMode)
	if err != nil {
		return err
	}
	if content := m.changedContent(); !content.isEmpty() {
		d.startWork()
		d.emit(DraftSaved{content})
		d.decision.PlainValues = m.plainValues
	}
	return nil
}
