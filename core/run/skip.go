package run

import "github.com/procedo/procedo/core/procedure"

// Skip closes the open step without content, with a reason. The step must be declared skippable.
type Skip struct {
	Step   string
	Visit  int // 0: the current visit
	Reason string
}

// Action returns the action of the event that records the accepted command.
func (Skip) Action() Action { return ActionSkipped }

func (Skip) name() string                  { return "skip" }
func (c Skip) submission() *Submission     { return &Submission{Step: c.Step, Visit: c.Visit} }
func (c Skip) reason() string              { return c.Reason }
func (c Skip) withSecrets(Secrets) Command { return c }

func (c Skip) decide(d *decider) error {
	i, err := d.findStep(c.Step, procedure.AgentsCommit)
	if err != nil {
		return err
	}
	switch s := &d.run.Steps[i]; {
	case d.run.State.Final():
		return d.stateConflict(InProgress)
	case !d.run.Version.Steps[i].Skippable:
		return d.conflict("step.not_skippable", nil)
	case s.State == Committed:
		return d.conflict("step.already_committed", nil)
	case s.State != Open:
		return d.conflict("step.out_of_order", nil)
	}
	if err := d.checkVisit(i, c.Visit); err != nil {
		return err
	}
	if err := d.requireReason(c.Reason, nil); err != nil {
		return err
	}
	d.startWork()
	d.emit(StepSkipped{Step: i, Visit: d.run.Steps[i].Number, Reason: c.Reason})
	return d.advance(i, nil)
}
