package run

import (
	"maps"
	"slices"

	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/slot"
)

// merged is a submission laid over what a step holds.
type merged struct {
	step    int
	present *Step
	slots   []Held
	items   []checklist.State
	secrets []Secret
	given   int // how many of the submission's slots are the step's
}

// merge lays a submission over a step. Every slot and item is checked; what is wrong comes back together, in
// definition order, unexpected names last. Where the step must be whole, what is required must be there.
func (d *decider) merge(i int, s *Submission, whole bool) (merged, error) {
	def, present := &d.run.Version.Steps[i], &d.run.Steps[i]
	m := merged{step: i, present: present, slots: slices.Clone(present.Slots)}
	issues, err := m.laySlots(def, s, whole)
	if err != nil {
		return m, err
	}
	items, itemIssues, unexpectedItems := checklist.Merge(def.Items, present.Items, s.Ticks, whole, d.act.At, d.act.Actor)
	m.items = items
	issues = append(issues, itemIssues...)
	if m.given < len(s.Slots) {
		issues = append(issues, unexpectedSlots(def, s)...)
	}
	issues = append(issues, unexpectedItems...)
	issues = append(issues, originIssues(s)...)
	if len(issues) > 0 {
		return m, fault.WithIssues(InvalidValues, issues)
	}
	return m, nil
}

func (m *merged) laySlots(def *procedure.Step, s *Submission, whole bool) ([]fault.Issue, error) {
	var issues []fault.Issue
	for j := range def.Slots {
		sl := &def.Slots[j]
		if raw, given := s.Slots[sl.Name]; given {
			m.given++
			v, issue := sl.Check(raw)
			if issue != nil {
				issues = append(issues, *issue)
				continue
			}
			if err := m.put(j, sl, v, s); err != nil {
				return nil, err
			}
		}
		if whole && sl.Required && m.slots[j].Value.IsAbsent() {
			issues = append(issues, sl.Missing())
		}
	}
	return issues, nil
}

// put holds a checked value. A sensitive one is sealed; the seal that stands is kept where the value is the same.
func (m *merged) put(j int, sl *slot.Slot, v slot.Value, s *Submission) error {
	if v.IsAbsent() {
		m.slots[j] = Held{}
		return nil
	}
	held := Held{Value: v, Origin: slot.Manual}
	if o, said := s.Origins[sl.Name]; said {
		held.Origin = o
	}
	if sl.Sensitive {
		m.secrets = append(m.secrets, Secret{Step: m.step, Visit: m.present.Visit, Slot: j, Value: v})
		switch present := m.slots[j].Value; {
		case present.Equal(v):
			held.Value = present
		case len(s.Salts) < len(m.secrets):
			return fault.New(fault.Internal, "service.internal", nil)
		default:
			held.Value = v.SealedWith(s.Salts[len(m.secrets)-1].String())
		}
	}
	m.slots[j] = held
	return nil
}

func unexpectedSlots(def *procedure.Step, s *Submission) []fault.Issue {
	var issues []fault.Issue
	for _, name := range slices.Sorted(maps.Keys(s.Slots)) {
		if _, known := def.SlotIndex(name); !known {
			issues = append(issues, fault.Issue{Field: slot.FieldOf(name), Code: "validation.unexpected_slot"})
		}
	}
	return issues
}

// originIssues finds origins that are none, and origins of values that were not given.
func originIssues(s *Submission) []fault.Issue {
	if len(s.Origins) == 0 {
		return nil
	}
	var issues []fault.Issue
	for _, name := range slices.Sorted(maps.Keys(s.Origins)) {
		field := "origins." + name
		if _, given := s.Slots[name]; !given {
			issues = append(issues, fault.Issue{Field: field, Code: "validation.unexpected_slot"})
		} else if !s.Origins[name].Known() {
			issues = append(issues, fault.Issue{Field: field, Code: "validation.enum",
				Params: fault.Params{"allowed": []slot.Origin{slot.Manual, slot.Agent, slot.Device, slot.Import}}})
		}
	}
	return issues
}

// changesContent reports whether a value or a tick differs; origins aside.
func (m *merged) changesContent() bool {
	for j := range m.slots {
		if !m.slots[j].Value.Equal(m.present.Slots[j].Value) {
			return true
		}
	}
	for j := range m.items {
		if m.items[j].Completed != m.present.Items[j].Completed {
			return true
		}
	}
	return false
}

// changes is the content that differs from what the step holds.
func (m *merged) changes() Content {
	c := Content{Step: m.step, Visit: m.present.Visit}
	for j := range m.slots {
		if now, was := m.slots[j], m.present.Slots[j]; now.Origin != was.Origin || !now.Value.Equal(was.Value) {
			c.Slots = append(c.Slots, Entry{j, now})
		}
	}
	for j := range m.items {
		if now := m.items[j]; now.Completed != m.present.Items[j].Completed {
			c.Ticks = append(c.Ticks, checklist.Tick{Key: now.Key, Completed: now.Completed})
		}
	}
	return c
}

// whole is everything the step now holds.
func (m *merged) whole() Content {
	c := Content{Step: m.step, Visit: m.present.Visit, Ticks: ticksOf(m.items), Slots: make([]Entry, 0, len(m.slots))}
	for j := range m.slots {
		if !m.slots[j].Value.IsAbsent() {
			c.Slots = append(c.Slots, Entry{j, m.slots[j]})
		}
	}
	return c
}

func (c Content) isEmpty() bool { return len(c.Slots) == 0 && len(c.Ticks) == 0 }
