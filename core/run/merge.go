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

// mergeMode says how a submission is laid over a visit.
type mergeMode uint8

const (
	draftMode    mergeMode = iota // each value by itself; nothing is required
	commitMode                    // the step must be complete; conditions are evaluated now
	amendMode                     // the step must be complete; what applied at the commit applies
	repeatMode                    // only for comparison with a past visit; what applied at its commit applies
	simulateMode                  // as commitMode, but missing fields are only listed
)

func (m mergeMode) whole() bool { return m == commitMode || m == amendMode || m == simulateMode }
func (m mergeMode) past() bool  { return m == amendMode || m == repeatMode }

// merged is a visit of a step with a submission laid over it.
type merged struct {
	step        int
	mode        mergeMode
	base        *Visit // the visit without the submission
	slots       []SlotValue
	items       []checklist.State
	plainValues []PlainValue
	given       int // number of the submission's slots that the step has

	view *view // nil if the step has no conditions, and in repeatMode
	// undecided are the slots that have an issue, and those whose own condition is undecided. A condition that reads
	// one of them is undecided too: it is not evaluated, requires nothing and refuses nothing.
	undecided  []bool
	conditions []ConditionResult
	missing    []string // in a simulation: fields that a commit would require
	failed     error    // the error of the first condition that could not be evaluated
}

// merge lays a submission over a visit of a step and checks every slot and item. All issues are returned together, in
// the order of the definition, unexpected names last. In modes that check the step as a whole, missing values and ticks
// are issues too.
func (d *decider) merge(i int, base *Visit, s *Submission, mode mergeMode) (merged, error) {
	def := &d.run.Version.Steps[i]
	m := merged{step: i, mode: mode, base: base, slots: slices.Clone(base.Slots)}
	if def.Conditional && mode != repeatMode {
		m.undecided = make([]bool, len(def.Slots))
		r := d.run
		m.view = &view{run: &r, at: i, own: m.slots, meta: d.metadata(), closed: -1}
	}
	issues, err := m.mergeSlots(def, s)
	if err != nil {
		return m, err
	}
	items, itemIssues, unexpectedItems := checklist.Merge(
		def.Items, base.Items, s.Ticks, m.itemsApply(def), mode.whole(), d.stamp.At, d.stamp.Actor,
	)
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
	addIssue := func(j int, is fault.Issue) {
		issues = append(issues, is)
		m.setUndecided(j)
	}
	for j := range def.Slots {
		sl := &def.Slots[j]
		raw, given := s.Slots[sl.Name]
		if given {
			m.given++
		}
		applies := m.applies(sl.When, m.slots[j].NotApplicable)
		if applies == checklist.No {
			if given && string(raw) != "null" {
				addIssue(j, fault.Issue{Field: slot.FieldOf(sl.Name), Code: "validation.not_applicable"})
			}
			if m.mode.whole() {
				m.slots[j] = SlotValue{NotApplicable: true}
			}
			continue
		}
		if given {
			v, issue := sl.Check(raw)
			if issue != nil {
				addIssue(j, *issue)
				continue
			}
			if err := m.setSlot(j, sl, v, s); err != nil {
				return nil, err
			}
		}
		if applies == checklist.Unsure {
			m.setUndecided(j)
			continue
		}
		if m.mode.whole() && m.required(sl) && m.slots[j].Value.IsAbsent() {
			if m.mode == simulateMode {
				m.missing = append(m.missing, slot.FieldOf(sl.Name))
				m.setUndecided(j)
				continue
			}
			addIssue(j, sl.Missing())
		}
	}
	return issues, nil
}

// checklistIssues returns the issues of the checklist. In a simulation, missing items are only listed.
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

// applies returns whether a slot or item applies. For a past visit, it is what was recorded at the commit; otherwise
// it is the result of the condition c. In a draft, it applies until the condition is settled.
func (m *merged) applies(c *condition.Condition, wasInapplicable bool) checklist.Applies {
	switch {
	case m.mode.past():
		return appliesIf(!wasInapplicable)
	case c == nil:
		return checklist.Yes
	case m.mode == draftMode:
		applies := m.view.settledResult(c)
		return appliesIf(m.isUndecided(c) || applies == nil || *applies)
	}
	result, decided := m.evaluate(c)
	if !decided {
		return checklist.Unsure
	}
	return appliesIf(result)
}

func appliesIf(yes bool) checklist.Applies {
	if yes {
		return checklist.Yes
	}
	return checklist.No
}

// required reports whether a slot needs a value. An undecided condition requires none.
func (m *merged) required(sl *slot.Slot) bool {
	if sl.RequiredWhen == nil {
		return sl.Required
	}
	result, decided := m.evaluate(sl.RequiredWhen)
	return decided && result
}

// evaluate evaluates a condition and records its result. Decided is false if the condition reads an undecided slot, or
// if it cannot be evaluated; in the second case the command is refused.
func (m *merged) evaluate(c *condition.Condition) (result, decided bool) {
	if m.isUndecided(c) {
		return false, false
	}
	recorded, err := m.view.evaluate(c)
	if err != nil {
		if m.failed == nil {
			m.failed = err
		}
		return false, false
	}
	m.conditions = append(m.conditions, recorded)
	return recorded.Result, true
}

// itemsApply returns for each item whether it applies; nil where all items apply.
func (m *merged) itemsApply(def *procedure.Step) []checklist.Applies {
	if !def.Conditional {
		return nil
	}
	applying := make([]checklist.Applies, len(def.Items))
	for j := range def.Items {
		applying[j] = m.applies(def.Items[j].When, m.base.Items[j].NotApplicable)
	}
	return applying
}

func (m *merged) setUndecided(j int) {
	if m.undecided != nil {
		m.undecided[j] = true
	}
}

// isUndecided reports whether a condition reads an undecided slot.
func (m *merged) isUndecided(c *condition.Condition) bool {
	return slices.ContainsFunc(c.Reads(), func(r condition.Read) bool { return r.Step == m.step && m.undecided[r.Slot] })
}

// setSlot stores a checked value. A sensitive value is sealed; if it is the same as before, its seal is kept.
func (m *merged) setSlot(j int, sl *slot.Slot, v slot.Value, s *Submission) error {
	if v.IsAbsent() {
		m.slots[j] = SlotValue{}
		return nil
	}
	value := SlotValue{Value: v, Origin: slot.Manual}
	if o, given := s.Origins[sl.Name]; given {
		value.Origin = o
	}
	if sl.Sensitive {
		m.plainValues = append(m.plainValues, PlainValue{Step: m.step, Visit: m.base.Number, Slot: j, Value: v})
		switch before := m.slots[j].Value; {
		case before.Equal(v):
			value.Value = before
		case len(s.Salts) < len(m.plainValues):
			return fault.New(fault.Internal, "service.internal", nil)
		default:
			value.Value = v.SealedWith(s.Salts[len(m.plainValues)-1].String())
		}
	}
	m.slots[j] = value
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

// originIssues returns issues for unknown origins and for origins of values that were not given.
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

// differs reports whether a value or a tick differs from the visit's. Origins are not compared. To repeat a commit,
// numbers need only be equal by value; otherwise other digits are a difference.
func (m *merged) differs() bool {
	same := slot.Value.Identical
	if m.mode == repeatMode {
		same = slot.Value.Equal
	}
	for j := range m.slots {
		if !same(m.slots[j].Value, m.base.Slots[j].Value) {
			return true
		}
	}
	for j := range m.items {
		if m.items[j].Completed != m.base.Items[j].Completed {
			return true
		}
	}
	return false
}

// changedContent returns the content that differs from the visit's.
func (m *merged) changedContent() Content {
	c := Content{Step: m.step, Visit: m.base.Number}
	for j := range m.slots {
		if now, was := m.slots[j], m.base.Slots[j]; now.Origin != was.Origin || !now.Value.Identical(was.Value) {
			c.Slots = append(c.Slots, Entry{j, now})
		}
	}
	for j := range m.items {
		if now := m.items[j]; now.Completed != m.base.Items[j].Completed {
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
