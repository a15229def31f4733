package run

import "github.com/procedo/procedo/core/procedure"

// Fail ends a run early, with a reason. It is also the command for cancelling a run.
type Fail struct{ Reason string }

// Action returns the action of the event that records the accepted command.
func (Fail) Action() Action { return ActionFailed }

func (Fail) name() string                  { return "fail" }
func (Fail) submission() *Submission       { return nil }
func (c Fail) reason() string              { return c.Reason }
func (c Fail) withSecrets(Secrets) Command { return c }

func (c Fail) decide(d *decider) error {
	if !d.run.State.Allows(Failed) {
		return d.stateConflict(Failed)
	}
	if i := d.run.Current(); i >= 0 {
		if err := d.checkAgent(i, procedure.AgentsCommit); err != nil {
			return err
		}
	}
	if err := d.requireReason(c.Reason, nil); err != nil {
		return err
	}
	d.emit(RunFailed(c))
	return nil
}
