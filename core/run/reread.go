package run

import (
	"bytes"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/slot"
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
	case Created, Started, DraftSaved, StepSkipped, RunFailed, ContentErased, ValueErased, SlotRevealed, Refused:
	}
	return nil
}

// Rereader follows a trail and compares the values that facts record for conditions with those that the conditions
// could read. The zero value is ready for the first fact of a trail.
type Rereader struct {
	meta   metadataCache
	source jsontext.Value // the metadata that meta holds
	closed Run            // the run after the fact that led to the present step: a commit, a skip or the start
}

// Misread returns the names of the recorded values, in sorted order, that the condition cannot have read. The
// parameters before and after are the run before and after the fact. Misread does not evaluate the condition again,
// because today's rules may read other values or give another result.
//
// A fact that opens a step, or that marks a step as not applicable, follows the fact that closed the previous step. Its
// conditions may have read the values right after that closing fact. Therefore these values count too, even if facts in
// between have locked their steps.
func (reader *Rereader) Misread(before, after Run, f Fact, c ConditionResult) (names []string) {
	readable := [...]*Run{&before, &reader.closed}
	if a := f.Action(); a == ActionCommitted || a == ActionAmended {
		readable = [...]*Run{&after, &after} // their conditions read the values that the command submitted
	}
	for _, name := range slices.Sorted(maps.Keys(c.Values)) {
		known := slices.ContainsFunc(readable[:], func(r *Run) bool {
			v, ok := reader.viewOf(r, c.Condition)
			return ok && v.reads(name, c.Values[name])
		})
		if !known {
			names = append(names, name)
		}
	}
	return names
}

// Next moves on to the next fact; after is the run after f.
func (reader *Rereader) Next(after Run, f Fact) {
	if a := f.Action(); a != ActionOpened && a != ActionNotApplicable && a != ActionCompleted {
		reader.closed = after
	}
}

// viewOf returns the view of the condition at a JSON pointer. It returns false if the pointer names no step of the
// definition.
func (reader *Rereader) viewOf(r *Run, pointer string) (*view, bool) {
	rest, ok := strings.CutPrefix(pointer, "/steps/")
	index, rest, _ := strings.Cut(rest, "/")
	i, err := strconv.Atoi(index)
	if !ok || err != nil || !r.hasStep(i) {
		return nil, false
	}
	if !bytes.Equal(reader.source, r.Metadata) {
		reader.meta, reader.source = metadataCache{}, r.Metadata
	}
	v := &view{run: r, at: i, meta: &reader.meta, closed: -1}
	if rest != "when" && r.Steps[i].State == Committed {
		v.own = r.Steps[i].Slots
	}
	return v, true
}

// reads reports whether the recorded value is the one that the condition reads under the name. If the name may mean a
// slot or the metadata, see MetadataMember, the recorded value may be the value of either.
func (v *view) reads(name string, recorded jsontext.Value) bool {
	matches := v.isHidden(name)
	record := func(_ string, value jsontext.Value) {
		matches = matches || sameJSON(value, recorded)
	}
	if step, slot, ok := v.run.Version.SlotNamed(name); ok {
		record(name, recordedValue(v.slotValue(step, slot).Value))
	}
	if member, ok := MetadataMember(name); ok {
		record(name, v.meta.recordedMember(v.run, member))
	}
	return matches
}

// isHidden reports whether the run no longer shows the value that conditions read under a name.
func (v *view) isHidden(name string) bool {
	if _, ok := MetadataMember(name); ok && v.run.hides(ErasedMetadata) {
		return true
	}
	step, j, ok := v.run.Version.SlotNamed(name)
	return ok && v.slotValue(step, j).Value.Shape() == slot.SealedShape
}

// sameJSON reports whether two JSON values have the same canonical form.
func sameJSON(a, b jsontext.Value) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	return a.Canonicalize() == nil && b.Canonicalize() == nil && bytes.Equal(a, b)
}
