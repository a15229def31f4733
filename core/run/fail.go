package run

import "github.com/procedo/procedo/core/slot"

// Fail ends the run before its time, with a reason. Cancelling a run is failing it.
type Fail struct{ Reason string }

func (Fail) name() string                      { return "fail" }
func (Fail) submission() *Submission           { return nil }
func (c Fail) reason() string                  { return c.Reason }
func (c Fail) withSalts(_ []slot.Salt) Command { return c }

func (c Fail) decide(d *decider) error {
	if !d.run.State.Allows(Failed) {
		return d.stateConflict(Failed)
	}
	if err := d.requireReason(c.Reason, nil); err != nil {
		return err
	}
	d.emit(RunFailed(c))
	return nil
}
