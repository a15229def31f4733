package run

import "github.com/procedo/procedo/core/checklist"

// differs reports whether a value or a tick differs from those of the base visit. Origins are not compared. In
// repeatMode, numbers are compared by value, so that a commit with 1.0 repeats one with 1. In other modes, 1.0 differs
// from 1.
func (m *merged) differs() bool {
	for j := range m.slots {
		now, was := m.slots[j], m.base.Slots[j]
		if !m.sameValue(now.Value, was.Value) || now.NotApplicable != was.NotApplicable {
			return true
		}
	}
	for j := range m.items {
		now, was := m.items[j], m.base.Items[j]
		if now.Completed != was.Completed || now.NotApplicable != was.NotApplicable {
			return true
		}
	}
	return false
}

// changedContent returns the differences from the base visit: values, origins and ticks, and the slots and items that
// began or ceased to apply.
func (m *merged) changedContent() Content {
	c := Content{Step: m.step, Visit: m.base.Number}
	for j := range m.slots {
		now, was := m.slots[j], m.base.Slots[j]
		switch {
		case now.NotApplicable:
			if !was.NotApplicable {
				c.InapplicableSlots = append(c.InapplicableSlots, j)
			}
			continue
		case was.NotApplicable:
			c.ApplicableSlots = append(c.ApplicableSlots, j)
		}
		if now.Origin != was.Origin || !now.Value.Identical(was.Value) {
			c.Slots = append(c.Slots, Entry{j, now})
		}
	}
	for j := range m.items {
		now, was := m.items[j], m.base.Items[j]
		switch {
		case now.NotApplicable:
			if !was.NotApplicable {
				c.InapplicableItems = append(c.InapplicableItems, j)
			}
			continue
		case was.NotApplicable:
			c.ApplicableItems = append(c.ApplicableItems, j)
		}
		if now.Completed != was.Completed {
			c.Ticks = append(c.Ticks, checklist.Tick{Key: now.Key, Completed: now.Completed})
		}
	}
	return c
}

// content returns all values and ticks, and the slots and items that do not apply.
func (m *merged) content() Content {
	c := Content{Step: m.step, Visit: m.base.Number, Slots: make([]Entry, 0, len(m.slots))}
	for j := range m.slots {
		switch {
		case m.slots[j].NotApplicable:
			c.InapplicableSlots = append(c.InapplicableSlots, j)
		case !m.slots[j].Value.IsAbsent():
			c.Slots = append(c.Slots, Entry{j, m.slots[j]})
		}
	}
	if len(m.items) > 0 {
		c.Ticks = make([]checklist.Tick, 0, len(m.items))
	}
	for j, it := range m.items {
		if it.NotApplicable {
			c.InapplicableItems = append(c.InapplicableItems, j)
			continue
		}
		c.Ticks = append(c.Ticks, checklist.Tick{Key: it.Key, Completed: it.Completed})
	}
	return c
}
