package run

import (
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
)

// Reveal records that somebody is shown the plain value of a sensitive slot, and why. It changes nothing else: the
// revision of the run stays the same.
type Reveal struct {
	Step, Slot string
	Visit      int // 0: the current visit
	Reason     string
}

// Action returns the action of the event that records the accepted command.
func (Reveal) Action() Action { return ActionRevealed }

func (Reveal) name() string                  { return "reveal" }
func (Reveal) submission() *Submission       { return nil }
func (c Reveal) reason() string              { return c.Reason }
func (c Reveal) withSecrets(Secrets) Command { return c }

// decide refuses, with Conflict, a slot that is not sensitive or has no value, and with Invalid a blank reason.
func (c Reveal) decide(d *decider) error {
	i, err := d.findStep(c.Step, procedure.AgentsCommit)
	if err != nil {
		return err
	}
	j, known := d.run.Version.Steps[i].SlotIndex(c.Slot)
	if !known {
		return fault.New(fault.NotFound, "slot.not_found", nil)
	}
	if !d.run.Version.Steps[i].Slots[j].Sensitive {
		return d.conflict("slot.not_sensitive", nil)
	}
	number := c.Visit
	if number == 0 {
		number = d.run.Steps[i].Number
	}
	v := d.run.Steps[i].FindVisit(number)
	if v == nil || v.Slots[j].Value.IsAbsent() || v.Slots[j].IsErased() {
		return d.conflict("slot.no_value", nil)
	}
	if err := d.requireReason(c.Reason, nil); err != nil {
		return err
	}
	d.emit(SlotRevealed{Step: i, Visit: number, Slot: j, Reason: c.Reason})
	return nil
}

// evolve returns the run unchanged. It returns false if the run does not have the slot.
func (f SlotRevealed) evolve(r Run, _ Stamp, _ bool) (Run, bool) {
	ok := r.hasStep(f.Step) && f.Slot >= 0 && f.Slot < len(r.Version.Steps[f.Step].Slots) &&
		r.Steps[f.Step].FindVisit(f.Visit) != nil
	return r, ok
}
