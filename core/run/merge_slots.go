package run

import (
	"time"

	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/slot"
)

// mergeSlots merges the submitted values into the slots, in order: the condition of a slot reads only slots before it.
func (m *merged) mergeSlots(def *procedure.Step, s *Submission, at time.Time) ([]fault.Issue, error) {
	m.known = s.Known
	var issues []fault.Issue
	for j := range def.Slots {
		if err := m.budget.Err(); err != nil {
			return nil, err
		}
		issue, err := m.mergeSlot(j, &def.Slots[j], s, at)
		if err != nil {
			return nil, err
		}
		if issue != nil {
			issues = append(issues, *issue)
			m.setUndecided(j)
		}
	}
	return issues, nil
}

// mergeSlot merges the submitted value into slot j, if there is one. It returns the only issue of the slot, or nil.
func (m *merged) mergeSlot(j int, sl *slot.Slot, s *Submission, at time.Time) (*fault.Issue, error) {
	raw, given := s.Slots[sl.Name]
	if given {
		m.knownSlots++
	}
	applies := m.applies(sl.When, m.slots[j].NotApplicable)
	if applies == checklist.No {
		return m.leaveOut(j, sl, raw, given), nil
	}
	m.slots[j].NotApplicable = m.mode == repeatMode && m.slots[j].NotApplicable
	var issue *fault.Issue
	var err error
	switch {
	case given:
		issue, err = m.take(j, sl, raw, s, at)
	case sl.IsRelative() && m.mode.completesDraft():
		// The draft may have been saved on an earlier day, when other bounds applied.
		issue = sl.CheckAt(m.slots[j].Value, at)
	}
	if issue != nil || err != nil {
		return issue, err
	}
	return m.requireValue(j, sl, applies), nil
}

// leaveOut leaves slot j without a value, because it does not apply. A value that is given for it is an issue.
func (m *merged) leaveOut(j int, sl *slot.Slot, raw []byte, given bool) *fault.Issue {
	v, invalid := sl.CheckWithin(raw, m.budget)
	switch {
	case m.mode.checksCompleteness():
		m.slots[j] = SlotValue{NotApplicable: true}
	case given && m.mode == draftMode:
		m.slots[j] = SlotValue{} // the draft may hold a value from when the slot applied
	}
	if given && (invalid != nil || !v.IsAbsent()) {
		return &fault.Issue{Field: slot.FieldOf(sl.Name), Code: "validation.not_applicable"}
	}
	return nil
}

// take stores the submitted value in slot j, unless the value has an issue.
func (m *merged) take(j int, sl *slot.Slot, raw []byte, s *Submission, at time.Time) (*fault.Issue, error) {
	v, issue := m.check(j, sl, raw)
	if issue == nil && sl.IsRelative() && m.checksRelativeBounds(j, v) {
		issue = sl.CheckAt(v, at)
	}
	if issue != nil {
		return issue, nil
	}
	return nil, m.setSlot(j, sl, v, s)
}

// requireValue notes that slot j lacks a value that it needs. It returns the issue, unless the mode only lists what is
// missing. If it is undecided whether the slot applies, so is whether it needs a value.
func (m *merged) requireValue(j int, sl *slot.Slot, applies checklist.Applies) *fault.Issue {
	if applies == checklist.Unsure {
		m.setUndecided(j)
		return nil
	}
	if !m.mode.checksCompleteness() || !m.required(sl) || !m.slots[j].Value.IsAbsent() {
		return nil
	}
	m.missing = append(m.missing, slot.FieldOf(sl.Name))
	m.setUndecided(j)
	if m.mode.listsMissing() {
		return nil
	}
	return new(sl.Missing())
}

// checksRelativeBounds reports whether the submitted value v of slot j is checked against bounds that are relative to
// the time of the command. An amendment checks only changed values, and a repeated commit checks none.
func (m *merged) checksRelativeBounds(j int, v slot.Value) bool {
	switch m.mode {
	case repeatMode:
		return false
	case amendMode:
		return !m.holds(j, v)
	}
	return true
}

// check parses and checks the raw value of slot j. In amendMode, a value equal to the committed one always passes.
func (m *merged) check(j int, sl *slot.Slot, raw []byte) (slot.Value, *fault.Issue) {
	v, issue := sl.CheckWithin(raw, m.budget)
	if issue != nil && m.mode == amendMode {
		if same, ok := sl.Parse(raw); ok && m.holds(j, same) {
			return same, nil
		}
	}
	return v, issue
}

// required reports whether a slot needs a value. It returns false if the slot's required_when condition is undecided.
func (m *merged) required(sl *slot.Slot) bool {
	if sl.RequiredWhen == nil {
		return sl.Required
	}
	result, decided := m.evaluate(sl.RequiredWhen)
	return decided && result
}

// setSlot stores a checked value in slot j. A sensitive value is sealed anew even if it is the value that the visit
// has: otherwise, a guess would be answered in another way if it is right, without a trace of it. Only a repeat of a
// commit keeps the seal of an equal value.
func (m *merged) setSlot(j int, sl *slot.Slot, v slot.Value, s *Submission) error {
	if v.IsAbsent() {
		m.slots[j] = SlotValue{}
		return nil
	}
	value := SlotValue{Value: v, Origin: m.origin}
	if o, given := s.Origins[sl.Name]; given {
		value.Origin = o
	}
	if sl.Sensitive {
		plain := PlainValue{Step: m.step, Visit: m.base.Number, Slot: j, Value: v}
		switch before := m.repeatedValue(j); {
		case before != nil && m.sameValue(before.Value, v):
			value.Value, plain.Value, plain.Salt = m.slots[j].Value, before.Value, before.Salt
		case len(s.Salts) <= len(m.plainValues):
			return fault.New(fault.Internal, "service.internal", nil)
		default:
			plain.Salt = s.Salts[len(m.plainValues)]
			value.Value = v.SealedWith(plain.Salt)
		}
		m.plainValues = append(m.plainValues, plain)
	}
	m.slots[j] = value
	return nil
}

// holds reports whether slot j of the base visit has a value that equals v.
func (m *merged) holds(j int, v slot.Value) bool {
	if before := m.plainValue(j); before != nil {
		return before.Value.Equal(v)
	}
	return m.base.Slots[j].Value.Equal(v)
}

// repeatedValue returns the known value of the sensitive slot j that a repeat of a commit may be compared with, or nil:
// there is none if the actor who repeats the commit may not know the value.
func (m *merged) repeatedValue(j int) *PlainValue {
	if m.mode != repeatMode || !m.repeatsOwn || m.origin == slot.Agent && m.base.Slots[j].Origin != slot.Agent {
		return nil
	}
	return m.plainValue(j)
}

// plainValue returns the known value of the sensitive slot j in the base visit, or nil. The value of the base visit may
// have been carried from an earlier visit, with its seal.
func (m *merged) plainValue(j int) *PlainValue {
	before := m.base.Slots[j]
	if before.Value.Shape() != slot.SealedShape || before.ErasedAt != nil {
		return nil
	}
	for i := range m.known {
		k := &m.known[i]
		if k.Step == m.step && k.Slot == j && k.Value.SealedWith(k.Salt).Identical(before.Value) {
			return k
		}
	}
	return nil
}

// sameValue reports whether a submitted value repeats another. In repeatMode, 1.0 repeats 1.
func (m *merged) sameValue(a, b slot.Value) bool {
	if m.mode == repeatMode {
		return a.Equal(b)
	}
	return a.Identical(b)
}
