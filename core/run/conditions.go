package run

import (
	"errors"
	"maps"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/checklist"
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

// maxRecordedValue limits the length of a recorded value, in bytes of JSON. A longer value is recorded as "…"; it can
// be read in full in the event that set it.
const maxRecordedValue = 1024

// view gives the conditions of one step the values that they can read: those of committed earlier steps, and the
// step's own.
type view struct {
	run  *Run
	at   int         // the step whose conditions are evaluated
	own  []SlotValue // the slots of that step; nil if its conditions cannot read them yet
	meta *metadataCache

	closed      int         // the step that the current command closes; -1: none
	closedSlots []SlotValue // the committed slots of that step; nil if it was skipped
	// jumped is set if the command jumps back. The steps from target on are locked then, so that the conditions of the
	// steps after target cannot read them.
	jumped bool
	target int
}

type metadataCache struct {
	members map[string]any
	read    bool
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
		return errErased
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

// Metadata returns the run's metadata. All conditions of a decision share the parsed members.
func (v *view) Metadata() map[string]any {
	if v.meta == nil {
		return readMetadata(v.run.Metadata)
	}
	if !v.meta.read {
		v.meta.members, v.meta.read = readMetadata(v.run.Metadata), true
	}
	return v.meta.members
}

func readMetadata(raw jsontext.Value) map[string]any {
	members := map[string]any{}
	if len(raw) > 0 {
		_ = json.Unmarshal(raw, &members) // cannot fail: the metadata was parsed when the run was started
	}
	return members
}

// errErased is the reason why a condition that reads an erased value cannot be evaluated.
var errErased = errors.New("an erased value")

// result evaluates a condition. The error is errErased if the condition reads metadata that was erased.
func (v *view) result(c *condition.Condition) (bool, error) {
	if slices.Contains(v.run.Erased, ErasedMetadata) &&
		slices.ContainsFunc(c.Reads(), func(r condition.Read) bool { return r.Step < 0 }) {
		return false, errErased
	}
	return c.Eval(v)
}

// evaluate evaluates a condition. If the evaluation fails, the error is a refusal that names the expression.
func (v *view) evaluate(c *condition.Condition) (ConditionResult, error) {
	result, err := v.result(c)
	if err != nil {
		return ConditionResult{}, conditionFailed(c, err)
	}
	return ConditionResult{Condition: c.Pointer, Expression: c.Source, Result: result, Values: v.recordedValues(c)}, nil
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

// recordedValues returns the values that a condition reads, by name, as the trail records them. Values longer than
// maxRecordedValue are replaced by "…".
func (v *view) recordedValues(c *condition.Condition) map[string]jsontext.Value {
	var recorded map[string]jsontext.Value
	record := func(name string, value jsontext.Value) {
		if recorded == nil {
			recorded = map[string]jsontext.Value{}
		}
		recorded[name] = shortened(value)
	}
	for _, r := range c.Reads() {
		if r.Step < 0 {
			v.recordMetadata(r.Metadata, record)
			continue
		}
		name := v.run.Version.Steps[r.Step].ValueName(r.Slot)
		record(name, v.slotValue(r.Step, r.Slot).Value.AppendCanonical(nil))
	}
	return recorded
}

// shortened returns a value as the trail records it.
func shortened(value jsontext.Value) jsontext.Value {
	if len(value) > maxRecordedValue {
		return jsontext.Value(`"…"`)
	}
	return value
}

// metadataName precedes the name of a member of the metadata.
const metadataName = "run.metadata."

// recordMetadata records a member of the metadata, or all members if the name is empty.
func (v *view) recordMetadata(member string, record func(string, jsontext.Value)) {
	members := v.Metadata()
	names := []string{member}
	if member == "" {
		names = slices.Sorted(maps.Keys(members))
	}
	for _, name := range names {
		if raw, err := json.Marshal(members[name], json.Deterministic(true)); err == nil {
			record(metadataName+name, raw)
		}
	}
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

// Inapplicable returns the fields of step i that do not apply. In an open step, a field is listed only if its condition
// is false and all values that the condition reads are settled.
func (r Run) Inapplicable(i int) (fields []string) {
	def, s := &r.Version.Steps[i], &r.Steps[i]
	if !def.Conditional || s.State != Committed && s.State != Open {
		return nil
	}
	v := view{run: &r, at: i, own: s.Slots, closed: -1}
	excludes := func(c *condition.Condition) bool {
		if c == nil || s.State != Open {
			return false
		}
		applies := v.settledResult(c)
		return applies != nil && !*applies
	}
	for j := range def.Slots {
		if s.Slots[j].NotApplicable || excludes(def.Slots[j].When) {
			fields = append(fields, slot.FieldOf(def.Slots[j].Name))
		}
	}
	for j := range def.Items {
		if s.Items[j].NotApplicable || excludes(def.Items[j].When) {
			fields = append(fields, checklist.FieldOf(def.Items[j].Key))
		}
	}
	return fields
}
