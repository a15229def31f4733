package run

import (
	"maps"
	"slices"

	"github.com/procedo/procedo/core/budget"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/slot"
)

// mergeMode says which checks apply when a submission is merged into a visit.
type mergeMode uint8

const (
	draftMode    mergeMode = iota // each value is checked on its own; required values may be missing
	commitMode                    // the step must be complete; conditions decide which slots and items apply
	amendMode                     // like commitMode, but values that the committed visit already has count as checked
	repeatMode                    // only compares with a committed visit; conditions are not evaluated
	simulateMode                  // like commitMode, but missing fields are listed instead of refused
	formMode                      // like simulateMode, for a step whose earlier steps may still be open or locked
)

// checksCompleteness reports whether required values and ticks must be present.
func (m mergeMode) checksCompleteness() bool {
	return m == commitMode || m == amendMode || m.listsMissing()
}

// listsMissing reports whether missing values and ticks are listed instead of refused.
func (m mergeMode) listsMissing() bool { return m == simulateMode || m == formMode }

// completesDraft reports whether the merged content would be that of a new commit, not of one that exists.
func (m mergeMode) completesDraft() bool { return m == commitMode || m.listsMissing() }

// merged is a visit of a step into which a submission is merged.
type merged struct {
	step        int
	mode        mergeMode
	base        *Visit      // the visit without the submission
	origin      slot.Origin // of values that are submitted without one
	slots       []SlotValue
	items       []checklist.State
	plainValues []PlainValue
	known       []PlainValue // see Secrets
	knownSlots  int          // number of slots in the submission that the step defines
	repeatsOwn  bool         // in repeatMode: whoever committed the visit repeats their commit

	budget *budget.Budget
	view   *view // nil if the step has no conditions, and in repeatMode
	// undecided marks the slots that have an issue or lack a required value, and the slots whose own condition is
	// undecided. A condition that reads a marked slot is undecided too: it is not evaluated and causes no issue.
	undecided  []bool
	conditions []ConditionResult
	missing    []string // required fields without a value or tick
	evalErr    error    // the error of the first condition that could not be evaluated
}

// merge merges a submission into a visit of a step and checks every slot and item. All issues are returned together, in
// the order of the definition, unexpected names last. In commitMode and amendMode, missing required values and ticks
// are issues too.
func (d *decider) merge(i int, base *Visit, s *Submission, mode mergeMode) (merged, error) {
	def := &d.run.Version.Steps[i]
	m := merged{step: i, mode: mode, base: base, slots: slices.Clone(base.Slots), budget: d.budget, origin: slot.Manual}
	if d.stamp.By.IsAgent() {
		m.origin = slot.Agent
	}
	m.repeatsOwn = !d.checks && !base.Amended && base.CommittedBy == d.stamp.By.ID
	if mode.completesDraft() {
		m.dropErased()
	}
	if def.Conditional && mode != repeatMode {
		m.undecided = make([]bool, len(def.Slots))
		m.view = d.view(i)
		m.view.own = m.slots
	}
	var issues fault.IssueList
	slotIssues, err := m.mergeSlots(def, s, d.stamp.At)
	if err != nil {
		return m, err
	}
	issues.Add(slotIssues...)
	itemIssues, unexpectedItems := m.mergeItems(def, s, d.stamp)
	issues.Add(m.checklistIssues(itemIssues)...)
	issues.Add(m.ruleIssues(def)...)
	if m.knownSlots < len(s.Slots) {
		addUnexpectedSlots(&issues, def, s)
	}
	issues.Append(unexpectedItems)
	addOriginIssues(&issues, s, m.origin)
	if issues.Count > 0 {
		return m, issues.Fault(fault.Invalid, InvalidValues)
	}
	return m, m.evalErr
}

// mergeItems merges the submitted ticks into the items, and returns what checklist.Check finds.
func (m *merged) mergeItems(def *procedure.Step, s *Submission, stamp Stamp) ([]fault.Issue, fault.IssueList) {
	applying, whole := m.itemsApply(def), m.mode.checksCompleteness()
	m.items = checklist.Apply(def.Items, m.base.Items, s.Ticks, stamp.At, stamp.By.ID)
	if whole && applying != nil {
		checklist.Settle(m.items, applying)
	}
	return checklist.Check(def.Items, m.items, s.Ticks, applying, whole)
}

// dropErased drops erased values from the draft, so that they must be given again.
func (m *merged) dropErased() {
	for j := range m.slots {
		if m.slots[j].ErasedAt != nil {
			m.slots[j] = SlotValue{}
		}
	}
}

// checklistIssues adds missing ticks to m.missing. It returns the issues of the checklist, but not those about missing
// ticks if the mode only lists them.
func (m *merged) checklistIssues(issues []fault.Issue) []fault.Issue {
	return slices.DeleteFunc(issues, func(is fault.Issue) bool {
		if is.Code != "validation.required" {
			return false
		}
		m.missing = append(m.missing, is.Field)
		return m.mode.listsMissing()
	})
}

// applies returns whether a slot or item with the condition c applies; a nil condition always holds. In draftMode, the
// slot or item also applies while a value that c reads is missing or invalid. In repeatMode, c is not evaluated: the
// slot or item applies unless the committed visit recorded it as not applicable (wasInapplicable).
func (m *merged) applies(c *condition.Condition, wasInapplicable bool) checklist.Applies {
	switch {
	case m.mode == repeatMode:
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

// evaluate evaluates a condition and records its result. decided is false if the condition reads an undecided slot or
// cannot be evaluated. A condition that cannot be evaluated also sets evalErr, and the command is then refused.
func (m *merged) evaluate(c *condition.Condition) (result, decided bool) {
	if m.isUndecided(c) {
		return false, false
	}
	recorded, err := m.view.evaluate(c)
	if err != nil {
		if m.evalErr == nil {
			m.evalErr = err
		}
		return false, false
	}
	m.conditions = append(m.conditions, recorded)
	return recorded.Result, true
}

// itemsApply returns for each item whether it applies. For a step without conditions it returns nil, which means that
// all items apply.
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
	return slices.ContainsFunc(c.Reads(), m.waitsFor)
}

// waitsFor reports whether a value that a condition reads is undecided. In formMode, this includes the values of
// earlier steps that are not closed.
func (m *merged) waitsFor(r condition.Read) bool {
	if r.Step == m.step {
		return m.undecided[r.Slot]
	}
	return m.mode == formMode && r.Step >= 0 && !m.view.settled(r.Step, r.Slot)
}

func addUnexpectedSlots(issues *fault.IssueList, def *procedure.Step, s *Submission) {
	for _, name := range slices.Sorted(maps.Keys(s.Slots)) {
		if _, known := def.SlotIndex(name); !known {
			issues.Add(fault.Issue{Field: slot.FieldOf(fault.Quoted(name)), Code: "validation.unexpected_slot"})
		}
	}
}

// addOriginIssues adds issues for unknown origins and for origins of values that were not given. The values of an agent
// have no other origin than slot.Agent, which is then the default.
func addOriginIssues(issues *fault.IssueList, s *Submission, byDefault slot.Origin) {
	if len(s.Origins) == 0 {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(s.Origins)) {
		field := "origins." + fault.Quoted(name)
		if _, given := s.Slots[name]; !given {
			issues.Add(fault.Issue{Field: field, Code: "validation.unexpected_slot"})
		} else if !s.Origins[name].Known() {
			issues.Add(fault.Issue{Field: field, Code: "validation.enum",
				Params: fault.Params{"allowed": []slot.Origin{slot.Manual, slot.Agent, slot.Device, slot.Import}}})
		} else if byDefault == slot.Agent && s.Origins[name] != slot.Agent {
			issues.Add(fault.Issue{Field: field, Code: "validation.origin"})
		}
	}
}
