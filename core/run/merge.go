package run

import (
	"maps"
	"slices"

	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/slot"
)

// manner is how a submission is laid over a visit.
type mergeMode uint8

const (
	draftMode    mergeMode = iota // each by itself, nothing required
	commitMode                    // as a whole, by what applies now
	amendMode                     // as a whole, by what applied when the visit was committed
	repeatMode                    // only to compare, by what applied then
	simulateMode                  // as a whole, by what applies now; what is missing is only named
)

func (m mergeMode) whole() bool { return m == commitMode || m == amendMode || m == simulateMode }
func (m mergeMode) past() bool  { return m == amendMode || m == repeatMode }

// merged is a submission laid over what a visit of a step holds.
type merged struct {
	step        int
	mode        mergeMode
	present     *Visit
	slots       []SlotValue
	items       []checklist.State
	plainValues []PlainValue
	given       int // how many of the submission's slots are the step's

	view       *view  // nil where nothing is conditional
	invalid    []bool // slots with an issue: what reads them is not asked
	conditions []ConditionResult
	missing    []string // fields that a commit would need, of a simulation
	failed     error    // the first condition that could not be asked
}

// merge lays a submission over a visit of a step. Every slot and item is checked; what is wrong comes back together, in
// definition order, unexpected names last. Where the step must be whole, what is required must be there.
func (d *decider) merge(i int, base *Visit, s *Submission, how mergeMode) (merged, error) {
	def := &d.run.Version.Steps[i]
	m := merged{step: i, mode: how, present: base, slots: slices.Clone(base.Slots)}
	if def.Conditional && how != repeatMode {
		m.invalid = make([]bool, len(def.Slots))
		r := d.run
		m.view = &view{run: &r, at: i, own: m.slots, meta: d.metadata(), closed: -1}
	}
	issues, err := m.mergeSlots(def, s)
	if err != nil {
		return m, err
	}
	items, itemIssues, unexpectedItems := checklist.Merge(def.Items, base.Items, s.Ticks, m.itemsApply(def), how.whole(), d.stamp.At, d.stamp.Actor)
	m.items = items
	issues = append(issues, m.checklistIssues(itemIssues)...)
	if m.given < len(s.Slots) {
		issues = append(issues, unexpectedSlots(def, s)...)
	}
	issues = append(issues, unexpectedItems...)
	issues = append(issues, originIssues(s)...)
	if len(issues) > 0 {
		return m, fault.WithIssues(InvalidValues, issues)
	}
	return m, m.failed
}

func (m *merged) mergeSlots(def *procedure.Step, s *Submission) ([]fault.Issue, error) {
	var issues []fault.Issue
	find := func(j int, is fault.Issue) {
		issues = append(issues, is)
		if m.invalid != nil {
			m.invalid[j] = true
		}
	}
	for j := range def.Slots {
		sl := &def.Slots[j]
		raw, given := s.Slots[sl.Name]
		if given {
			m.given++
		}
		if !m.applies(sl.When, m.slots[j].NotApplicable) {
			if given && string(raw) != "null" {
				find(j, fault.Issue{Field: slot.FieldOf(sl.Name), Code: "validation.not_applicable"})
			}
			if m.mode.whole() {
				m.slots[j] = SlotValue{NotApplicable: true}
			}
			continue
		}
		if given {
			v, issue := sl.Check(raw)
			if issue != nil {
				find(j, *issue)
				continue
			}
			if err := m.setSlot(j, sl, v, s); err != nil {
				return nil, err
			}
		}
		if m.mode.whole() && m.required(sl) && m.slots[j].Value.IsAbsent() {
			if m.mode == simulateMode {
				m.missing = append(m.missing, slot.FieldOf(sl.Name))
				continue
			}
			find(j, sl.Missing())
		}
	}
	return issues, nil
}

// needed are the issues of the checklist; of a simulation, what is missing is only named.
func (m *merged) checklistIssues(issues []fault.Issue) []fault.Issue {
	if m.mode != simulateMode {
		return issues
	}
	return slices.DeleteFunc(issues, func(is fault.Issue) bool {
		if is.Code == "validation.required" {
			m.missing = append(m.missing, is.Field)
		}
		return is.Code == "validation.required"
	})
}

// applies says whether a slot or item applies: as it was, where the visit is past; as its condition has it now; and what
// cannot be told yet may.
func (m *merged) applies(c *condition.Condition, was bool) bool {
	switch {
	case m.mode.past():
		return !was
	case c == nil:
		return true
	case m.mode == draftMode:
		applies := m.view.settledResult(c)
		return applies == nil || *applies
	}
	return m.ask(c, true)
}

func (m *merged) required(sl *slot.Slot) bool {
	if sl.RequiredWhen == nil {
		return sl.Required
	}
	return m.ask(sl.RequiredWhen, false)
}

// ask asks a condition and keeps its condition result. Where it reads what is wrong itself, or cannot be asked, the answer is the
// given one: the act is refused anyway.
func (m *merged) ask(c *condition.Condition, otherwise bool) bool {
	if m.readsInvalid(c) {
		return otherwise
	}
	result, err := m.view.evaluate(c)
	if err != nil {
		if m.failed == nil {
			m.failed = err
		}
		return otherwise
	}
	m.conditions = append(m.conditions, result)
	return result.Result
}

// itemsApply says which items apply; nil: all do.
func (m *merged) itemsApply(def *procedure.Step) []checklist.Applies {
	if !def.Conditional {
		return nil
	}
	applying := make([]checklist.Applies, len(def.Items))
	for j := range def.Items {
		switch c := def.Items[j].When; {
		case !m.applies(c, m.present.Items[j].NotApplicable):
			applying[j] = checklist.No
		case c != nil && !m.mode.past() && m.mode.whole() && m.readsInvalid(c):
			applying[j] = checklist.Unsure
		}
	}
	return applying
}

// spoils reports a condition that reads what is wrong itself.
func (m *merged) readsInvalid(c *condition.Condition) bool {
	return slices.ContainsFunc(c.Reads(), func(r condition.Read) bool { return r.Step == m.step && m.invalid[r.Slot] })
}

// put holds a checked value. A sensitive one is sealed; the seal that stands is kept where the value is the same.
func (m *merged) setSlot(j int, sl *slot.Slot, v slot.Value, s *Submission) error {
	if v.IsAbsent() {
		m.slots[j] = SlotValue{}
		return nil
	}
	held := SlotValue{Value: v, Origin: slot.Manual}
	if o, said := s.Origins[sl.Name]; said {
		held.Origin = o
	}
	if sl.Sensitive {
		m.plainValues = append(m.plainValues, PlainValue{Step: m.step, Visit: m.present.Number, Slot: j, Value: v})
		switch present := m.slots[j].Value; {
		case present.Equal(v):
			held.Value = present
		case len(s.Salts) < len(m.plainValues):
			return fault.New(fault.Internal, "service.internal", nil)
		default:
			held.Value = v.SealedWith(s.Salts[len(m.plainValues)-1].String())
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
func (m *merged) differs() bool {
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

// changes is the content that differs from what the visit holds.
func (m *merged) changedContent() Content {
	c := Content{Step: m.step, Visit: m.present.Number}
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

// contents is everything the step now holds, and what of it does not apply.
func (m *merged) content() Content {
	c := Content{Step: m.step, Visit: m.present.Number, Slots: make([]Entry, 0, len(m.slots))}
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
