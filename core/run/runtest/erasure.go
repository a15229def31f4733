package runtest

import "github.com/procedo/procedo/core/run"

// Erasure returns the command that erases the values of a slot, in one visit or in all visits (0). Its plan comes from
// the run alone, without a trail.
func Erasure(r run.Run, step, slot string, visit int, reason string) run.Erase {
	c := run.Erase{Places: []run.ErasePlace{{Step: step, Slot: slot, Visit: visit}}, Reason: reason}
	i, ok := r.Version.StepIndex(step)
	if !ok {
		return c
	}
	j, ok := r.Version.Steps[i].SlotIndex(slot)
	if !ok {
		return c
	}
	for _, v := range r.Steps[i].Visits() {
		if visit != 0 && visit != v.Number || v.Slots[j].Value.IsAbsent() || v.Slots[j].ErasedAt != nil {
			continue
		}
		c.Plan.Targets = append(c.Plan.Targets, run.ErasedTarget{Step: i, Visit: v.Number, Slot: j})
	}
	return c
}
