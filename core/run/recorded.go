package run

import (
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/slot"
)

// maxRecordedValue limits the length of a recorded value, in bytes of JSON. A longer value is recorded as "…"; it can
// be read in full in the event that set it.
const maxRecordedValue = 1024

// recordedValues returns the values that a condition reads, by name, as the trail records them. It subtracts their
// length from the budget, and returns false if that does not suffice.
func (v *view) recordedValues(c *condition.Condition) (recorded map[string]jsontext.Value, ok bool) {
	record := func(name string, value jsontext.Value) bool {
		if recorded == nil {
			recorded = map[string]jsontext.Value{}
		}
		recorded[name] = value
		return v.budget.SpendRecord(len(name) + len(value))
	}
	for _, r := range c.Reads() {
		if r.Step >= 0 {
			value := recordedValue(v.slotValue(r.Step, r.Slot).Value)
			if !record(v.run.Version.Steps[r.Step].ValueName(r.Slot), value) {
				return nil, false
			}
			continue
		}
		names := []string{r.Metadata}
		if r.Metadata == "" {
			names = v.meta.names(v.run)
		}
		for _, name := range names {
			if !record(metadataName+name, v.meta.recordedMember(v.run, name)) {
				return nil, false
			}
		}
	}
	return recorded, true
}

// recordedValue returns a slot's value as the trail records it. It does not copy a long value to see that it is long.
func recordedValue(value slot.Value) jsontext.Value {
	length := len(value.Text())
	for _, choice := range value.List() {
		length += len(choice)
	}
	if length > maxRecordedValue {
		return tooLong
	}
	return shortened(value.AppendCanonical(nil))
}

var tooLong = jsontext.Value(`"…"`)

// shortened returns a value in JSON as the trail records it.
func shortened(value jsontext.Value) jsontext.Value {
	if len(value) > maxRecordedValue {
		return tooLong
	}
	return value
}

// overBudget returns the refusal because the budget does not suffice to record a condition.
func (r *ConditionResult) overBudget() error {
	return fault.New(fault.Invalid, ConditionFailed, fault.Params{
		"condition": r.Condition, "expression": r.Expression, "reason": condition.CostReason,
	})
}

// length returns the length of the result in an event, in bytes, without punctuation.
func (r *ConditionResult) length() int {
	n := len(r.Condition) + len(r.Expression)
	for name, value := range r.Values {
		n += len(name) + len(value)
	}
	return n
}

// metadataName precedes the name of a member of the metadata.
const metadataName = "run.metadata."

// MetadataMember returns the member of the metadata that conditions may have read under a recorded name. It returns
// false for any other name. If a slot has the same name, either of them may have been read: definitions of earlier
// releases may have steps with such keys.
func MetadataMember(name string) (member string, ok bool) {
	return strings.CutPrefix(name, metadataName)
}

// MayHaveMember reports whether the metadata has the member. If the metadata was erased, it returns true for every
// name.
func (r *Run) MayHaveMember(name string) bool {
	var m metadataCache
	_, has := m.of(r)[name]
	return has || r.hides(ErasedMetadata)
}

// metadataCache holds the parsed metadata of a run. All conditions of a request share it.
type metadataCache struct {
	members  map[string]any
	sorted   []string
	recorded map[string]jsontext.Value
}

// Metadata returns the run's metadata.
func (v *view) Metadata() map[string]any { return v.meta.of(v.run) }

func (m *metadataCache) of(r *Run) map[string]any {
	if m.members == nil {
		m.members = map[string]any{}
		if len(r.Metadata) > 0 {
			_ = json.Unmarshal(r.Metadata, &m.members) // cannot fail: the metadata was parsed when the run was started
		}
	}
	return m.members
}

// names returns the sorted names of all members.
func (m *metadataCache) names(r *Run) []string {
	if m.sorted == nil {
		m.sorted = slices.Sorted(maps.Keys(m.of(r)))
	}
	return m.sorted
}

// recordedMember returns a member of the metadata as the trail records it; an absent member is null.
func (m *metadataCache) recordedMember(r *Run, name string) jsontext.Value {
	if known, ok := m.recorded[name]; ok {
		return known
	}
	raw, err := json.Marshal(m.of(r)[name], json.Deterministic(true))
	if err != nil {
		raw = jsontext.Value("null") // cannot happen: the member was parsed
	}
	if m.recorded == nil {
		m.recorded = map[string]jsontext.Value{}
	}
	m.recorded[name] = shortened(raw)
	return m.recorded[name]
}
