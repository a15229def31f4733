package run

import (
	"maps"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/slot"
)

// ConditionStatus is what a condition says at present.
type ConditionStatus struct {
	// ConditionResult names the condition. Its Result and Values are set only if the condition is decided.
	ConditionResult
	Decided bool
	// WaitsFor are the values, by name, without which the condition cannot be decided.
	WaitsFor []string
	// Reason says why the evaluation failed, as condition.Error does; empty if it did not fail.
	Reason string
}

// FieldStatus says whether a slot or an item of a step applies and is needed at present.
type FieldStatus struct {
	When         *ConditionStatus // nil if the field always applies
	RequiredWhen *ConditionStatus // nil if there is no such condition, or if the field does not certainly apply
	Needed       bool             // a commit needs a value or a tick; false while that is undecided
	Missing      bool             // it is needed, and neither given nor refused
}

// Applies returns whether the field applies.
func (f *FieldStatus) Applies() checklist.Applies {
	switch {
	case f.When == nil:
		return checklist.Yes
	case !f.When.Decided:
		return checklist.Unsure
	}
	return appliesIf(f.When.Result)
}

// statuses says what the conditions of a step say about merged content. It evaluates those conditions that the merge
// did not evaluate and that can be decided.
type statuses struct {
	merged  *merged
	results map[string]ConditionResult // by the JSON pointer of the condition
	missing map[string]bool            // by field
	sealed  map[string]bool            // names of values that must not be shown
}

// newStatuses returns the statuses of the content of a run's step.
func newStatuses(r *Run, m *merged) *statuses {
	s := &statuses{
		merged: m, results: map[string]ConditionResult{}, missing: map[string]bool{}, sealed: r.sealedNames(),
	}
	for _, field := range m.missing {
		s.missing[field] = true
	}
	for _, result := range m.conditions {
		s.results[result.Condition] = result
	}
	return s
}

// slots returns the status of each slot.
func (s *statuses) slots(def *procedure.Step) []FieldStatus {
	all := make([]FieldStatus, len(def.Slots))
	for j := range def.Slots {
		sl, f := &def.Slots[j], &all[j]
		f.When, f.Needed = s.of(sl.When), sl.Required
		if sl.RequiredWhen != nil {
			f.Needed = false
			if f.Applies() == checklist.Yes {
				f.RequiredWhen = s.of(sl.RequiredWhen)
				f.Needed = f.RequiredWhen.Decided && f.RequiredWhen.Result
			}
		}
		f.Needed = f.Needed && f.Applies() == checklist.Yes
		f.Missing = f.Needed && s.missing[slot.FieldOf(def.Slots[j].Name)]
	}
	return all
}

// items returns the status of each checklist item.
func (s *statuses) items(def *procedure.Step) []FieldStatus {
	all := make([]FieldStatus, len(def.Items))
	for j := range def.Items {
		f := &all[j]
		f.When = s.of(def.Items[j].When)
		f.Needed = def.Items[j].Required && f.Applies() == checklist.Yes
		f.Missing = f.Needed && s.missing[checklist.FieldOf(def.Items[j].Key)]
	}
	return all
}

// of returns what a condition of the step says; nil for nil.
func (s *statuses) of(c *condition.Condition) *ConditionStatus {
	if c == nil {
		return nil
	}
	status := &ConditionStatus{ConditionResult: ConditionResult{Condition: c.Pointer, Expression: c.Source}}
	m := s.merged
	for _, r := range c.Reads() {
		if m.waitsFor(r) {
			status.WaitsFor = append(status.WaitsFor, m.view.run.Version.Steps[r.Step].ValueName(r.Slot))
		}
	}
	if status.WaitsFor != nil {
		slices.Sort(status.WaitsFor)
		status.WaitsFor = slices.Compact(status.WaitsFor)
		return status
	}
	result, known := s.results[c.Pointer]
	if !known {
		var err error
		if result, err = m.view.evaluate(c); err != nil {
			status.Reason, _ = fault.From(err).Params["reason"].(string)
			return status
		}
		s.results[c.Pointer] = result
	}
	status.ConditionResult, status.Decided = withoutNames(result, s.sealed), true
	return status
}

// sealedNames returns the names of the values of the run that must not be shown, as conditions name them. Conditions do
// not read sensitive slots, but they may read values that were erased.
func (r *Run) sealedNames() map[string]bool {
	var names map[string]bool
	for i := range r.Steps {
		for j := range r.Steps[i].Slots {
			if r.Steps[i].Slots[j].Value.Shape() == slot.SealedShape {
				if names == nil {
					names = map[string]bool{}
				}
				names[r.Version.Steps[i].ValueName(j)] = true
			}
		}
	}
	return names
}

// withoutNames returns a result without the values of the given names.
func withoutNames(result ConditionResult, names map[string]bool) ConditionResult {
	isHidden := func(name string, _ jsontext.Value) bool { return names[name] }
	if n := len(result.Values); n > 0 && len(names) > 0 {
		result.Values = maps.Clone(result.Values)
		maps.DeleteFunc(result.Values, isHidden)
		result.Hidden += n - len(result.Values)
	}
	return result
}
