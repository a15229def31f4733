package run

import (
	"bytes"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// ConditionsOf returns the results of conditions that a fact records.
func ConditionsOf(f Fact) []ConditionResult {
	switch f := f.(type) {
	case Opened:
		return f.Conditions
	case StepCommitted:
		return f.Conditions
	case StepNotApplicable:
		return f.Conditions
	case Amended:
		return f.Conditions
	case RunCompleted:
		return f.Conditions
	case Created, Started, DraftSaved, StepSkipped, RunFailed, ValueErased, Refused:
	}
	return nil
}

// Misread compares the values that a fact records for a condition with the values that the condition could read. It
// returns the names of the values that differ, in sorted order. The two runs are the states before and after the fact.
// Misread does not evaluate the condition again, because today's rules may read other values or give another result.
func Misread(before, after Run, f Fact, c ConditionResult) (names []string) {
	r := before
	if a := f.Action(); a == ActionCommitted || a == ActionAmended {
		r = after // the conditions of a commit or an amendment read the submitted values
	}
	v, known := r.viewOf(c.Condition)
	for _, name := range slices.Sorted(maps.Keys(c.Values)) {
		if !known || !v.reads(name, c.Values[name]) {
			names = append(names, name)
		}
	}
	return names
}

// viewOf returns the view of the condition at a JSON pointer. It returns false if the pointer names no step of the
// definition.
func (r *Run) viewOf(pointer string) (*view, bool) {
	rest, ok := strings.CutPrefix(pointer, "/steps/")
	index, rest, _ := strings.Cut(rest, "/")
	i, err := strconv.Atoi(index)
	if !ok || err != nil || !r.hasStep(i) {
		return nil, false
	}
	v := &view{run: r, at: i, meta: &metadataCache{}, closed: -1}
	if rest != "when" && r.Steps[i].State == Committed {
		v.own = r.Steps[i].Slots
	}
	return v, true
}

// reads reports whether the recorded value is the one that the condition reads under the name. A name such as
// run.metadata.x may refer to a member of the metadata, or to slot x of a step with the key run.metadata. Then the
// recorded value may be the value of either.
func (v *view) reads(name string, recorded jsontext.Value) bool {
	matches := false
	record := func(_ string, value jsontext.Value) {
		matches = matches || sameJSON(shortened(value), recorded)
	}
	if dot := strings.LastIndexByte(name, '.'); dot > 0 {
		if step, ok := v.run.Version.StepIndex(name[:dot]); ok {
			if slot, ok := v.run.Version.Steps[step].SlotIndex(name[dot+1:]); ok {
				record(name, v.slotValue(step, slot).Value.AppendCanonical(nil))
			}
		}
	}
	if member, ok := strings.CutPrefix(name, metadataName); ok {
		if raw, err := json.Marshal(v.Metadata()[member], json.Deterministic(true)); err == nil {
			record(name, raw)
		}
	}
	return matches
}

// sameJSON reports whether two JSON values have the same canonical form.
func sameJSON(a, b jsontext.Value) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	return a.Canonicalize() == nil && b.Canonicalize() == nil && bytes.Equal(a, b)
}
