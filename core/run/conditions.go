package run

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/budget"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/decimal"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/slot"
)

// ConditionResult is the result of one condition and the values that it read, as the trail records them.
type ConditionResult struct {
	Condition  string `json:"condition"` // JSON pointer into the canonical definition
	Expression string `json:"expression"`
	Result     bool   `json:"result"`
	// Values are the values read, by name: step.slot or run.metadata.member. An absent value is null.
	Values map[string]jsontext.Value `json:"values,omitempty"`
	// Hidden is the number of values that an event no longer shows, because they were erased or withheld.
	Hidden int `json:"-"`
}

// ConditionFailed is the code of a refusal whose cause is a condition that could not be evaluated.
const ConditionFailed = "condition.failed"

// view gives the conditions of one step the values that they can read: those of committed earlier steps, and the
// step's own.
type view struct {
	run    *Run
	at     int         // the step whose conditions are evaluated
	own    []SlotValue // the slots of that step; nil if its conditions cannot read them yet
	meta   *metadataCache
	budget *budget.Budget // of the request that evaluates the conditions

	closed      int         // the step that the current command closes; -1: none
	closedSlots []SlotValue // the committed slots of that step; nil if it was skipped
	// jumped is set if the command jumps back. The steps from target on are locked then, so that the conditions of the
	// steps after target cannot read them.
	jumped bool
	target int
}

// slotValue returns the value of a slot for the conditions; it is absent if they cannot read the slot.
func (v *view) slotValue(step, slot int) SlotValue {
	switch {
	case step == v.at:
		if v.own != nil {
			return v.own[slot]
		}
	case step > v.at, v.jumped && step >= v.target:
	case step == v.closed:
		if v.closedSlots != nil {
			return v.closedSlots[slot]
		}
	case v.run.Steps[step].State == Committed:
		return v.run.Steps[step].Slots[slot]
	}
	return SlotValue{}
}

// Value returns a slot's value in the Go type that expressions use for it.
func (v *view) Value(step, j int) any {
	def := &v.run.Version.Steps[step].Slots[j]
	value := v.slotValue(step, j).Value
	switch value.Shape() {
	case slot.AbsentShape:
		return nil
	case slot.SealedShape:
		return errErased(v.run.Version.Steps[step].ValueName(j))
	}
	if v.run.Version.Meaning == condition.Exact {
		return exactValue(def.Type, value)
	}
	return expressionValue(def.Type, value)
}

// exactValue is like expressionValue for the meaning Exact: numbers are decimals, and times of day are in normal form.
func exactValue(t slot.Type, value slot.Value) any {
	switch t {
	case slot.Integer, slot.Decimal:
		return decimal.Decimal(value.Text())
	case slot.TimeOfDay:
		return slot.NormalTime(value.Text())
	}
	return expressionValue(t, value)
}

// expressionValue converts a value to the Go type that condition.Kind documents for t. A value that the Go type cannot
// hold becomes an error value.
func expressionValue(t slot.Type, value slot.Value) any {
	switch t {
	case slot.Integer:
		n, err := strconv.ParseInt(string(decimal.Decimal(value.Text()).Canonical()), 10, 64)
		if err != nil {
			return &condition.Error{Reason: "integer_range"}
		}
		return n
	case slot.Decimal:
		f, err := strconv.ParseFloat(value.Text(), 64)
		if err != nil {
			return &condition.Error{Reason: "double_range"}
		}
		return f
	case slot.Bool:
		return value.Bool()
	case slot.DateTime:
		at, ok := value.Instant()
		if !ok {
			return &condition.Error{Reason: "instant"}
		}
		return at
	case slot.MultiEnum:
		return value.List()
	}
	return value.Text()
}

// reasonErased is the reason of a condition that reads an erased value.
const reasonErased = "erased"

// errErased is the error of a condition that reads an erased value, which has the given name.
func errErased(name string) error {
	return &condition.Error{Reason: reasonErased, Params: map[string]any{"name": name}}
}

// result evaluates a condition. A condition that reads metadata cannot be evaluated once the metadata was erased.
func (v *view) result(c *condition.Condition) (bool, error) {
	if slices.Contains(v.run.Erased, ErasedMetadata) &&
		slices.ContainsFunc(c.Reads(), func(r condition.Read) bool { return r.Step < 0 }) {
		return false, errErased(strings.TrimSuffix(metadataName, "."))
	}
	return c.Eval(v, v.budget)
}

// evaluate evaluates a condition. If the evaluation fails, the error is a refusal that names the expression.
func (v *view) evaluate(c *condition.Condition) (ConditionResult, error) {
	result, err := v.result(c)
	if err != nil {
		return ConditionResult{}, conditionFailed(c, err)
	}
	values, ok := v.recordedValues(c)
	recorded := ConditionResult{Condition: c.Pointer, Expression: c.Source, Result: result, Values: values}
	if !ok || !v.budget.SpendRecord(len(c.Source)) {
		return ConditionResult{}, recorded.overBudget()
	}
	return recorded, nil
}

// conditionFailed returns the refusal because a condition could not be evaluated.
func conditionFailed(c *condition.Condition, err error) error {
	params := fault.Params{}
	failure := &condition.Error{Reason: condition.UnknownReason}
	if errors.As(err, &failure) {
		maps.Copy(params, failure.Params)
	}
	params["condition"], params["expression"], params["reason"] = c.Pointer, c.Source, failure.Reason
	return fault.New(fault.Invalid, ConditionFailed, params)
}

// readsErased reports whether a refusal says that a condition reads an erased value.
func readsErased(err error) bool {
	refusal, ok := errors.AsType[*fault.Error](err)
	return ok && refusal.Code == ConditionFailed && refusal.Params["reason"] == reasonErased
}

// settledResult returns the result of a condition if all slots that it reads are settled; see settled. It returns nil
// if a slot is not settled, or if the condition cannot be evaluated.
func (v *view) settledResult(c *condition.Condition) *bool {
	for _, r := range c.Reads() {
		if r.Step < 0 || v.settled(r.Step, r.Slot) {
			continue
		}
		return nil
	}
	result, err := v.result(c)
	if err != nil {
		return nil
	}
	return &result
}

// settled reports whether the conditions of step v.at can rely on the value of a slot, or on its absence. A slot of
// step v.at is settled if it has a value. A slot of an earlier step is settled once that step is committed, skipped or
// not applicable.
func (v *view) settled(step, slot int) bool {
	switch s := v.run.Steps[step].State; {
	case step == v.at:
		return v.own != nil && !v.own[slot].Value.IsAbsent()
	case step > v.at:
		return true // conditions cannot read slots of later steps
	default:
		return s != Open && s != Locked
	}
}
