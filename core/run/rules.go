package run

import (
	"slices"

	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/slot"
)

// RuleFailed is the code of the issue about a rule that the values do not satisfy. Its param "rule" is the rule's key.
const RuleFailed = "validation.rule"

// ruleIssues returns an issue for each rule of the step that does not hold. Rules are evaluated only in modes that
// require a complete step. A rule that reads a slot with an issue is not evaluated.
func (m *merged) ruleIssues(def *procedure.Step) []fault.Issue {
	if !m.mode.checksCompleteness() {
		return nil
	}
	var issues []fault.Issue
	for k := range def.Rules {
		rule := &def.Rules[k]
		if m.view.lacksValue(rule.Assert) {
			continue
		}
		if holds, decided := m.evaluate(rule.Assert); decided && !holds {
			issues = append(issues, ruleIssue(rule, m.view.run.Version.Language))
		}
	}
	return issues
}

// ruleIssue returns the issue about a rule that does not hold. The issue's field is the first field of the rule, or
// rules.KEY if the rule names no field.
func ruleIssue(rule *procedure.Rule, language string) fault.Issue {
	field := "rules." + rule.Key
	if len(rule.Fields) > 0 {
		field = slot.FieldOf(rule.Fields[0])
	}
	return fault.Issue{Field: field, Code: RuleFailed, Params: fault.Params{"rule": rule.Key}, Texts: rule.Texts(language)}
}

// lacksValue reports whether the rule reads an absent value without a guard such as has(). Such a rule counts as
// satisfied.
func (v *view) lacksValue(rule *condition.Condition) bool {
	for _, r := range rule.Reads() {
		switch {
		case r.Guarded:
		case r.Step >= 0:
			value := v.slotValue(r.Step, r.Slot).Value
			if value.IsAbsent() || value.Shape() == slot.SealedShape { // not given, or erased
				return true
			}
		case r.Metadata != "":
			// Null is not given either. What was erased was given: then the rule cannot be evaluated.
			if !slices.Contains(v.run.Erased, ErasedMetadata) && v.Metadata()[r.Metadata] == nil {
				return true
			}
		}
	}
	return false
}
