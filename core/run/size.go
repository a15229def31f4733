package run

import (
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/slot"
)

// MaxSize is the size of a run beyond which no command may make it larger. Runs of earlier releases may be larger.
const MaxSize = 8 << 20 // bytes

// TooLarge is the code of the refusal of a command that would make the run larger than MaxSize.
const TooLarge = "run.too_large"

const (
	// freeReason is how much of the reason of a skipped step is not counted, so that a run that has reached MaxSize can
	// be brought to its end.
	freeReason = 255 // bytes
	// frame is counted for each choice of a list, for each repeated visit, and for each slot and item of its step,
	// filled or not. Each of them takes memory and may take a row, and a run may have very many.
	frame = 32 // bytes
)

// Size returns the size of the run in bytes: the canonical JSON of the metadata, the name, value and origin of each
// slot in all visits, the reasons of skipped steps as far as they are long, and a fixed amount for each choice of a
// list and for each slot and item of a repeated visit.
func (r *Run) Size() int { return r.size }

// Measured returns the run with its size counted anew. It is needed only for runs that Evolve has not made.
func Measured(r Run) Run {
	r.size = len(r.Metadata)
	for i := range r.Steps {
		for _, v := range r.Steps[i].Visits() {
			r.size += v.sizeIn(&r.Version.Steps[i])
		}
	}
	return r
}

// sizeIn returns the part of a run's size that belongs to a visit of the given step.
func (v *Visit) sizeIn(def *procedure.Step) int {
	size := reasonSize(v.Reason)
	if v.Number > 1 {
		size += frame * (1 + len(v.Slots) + len(v.Items))
	}
	return size + slotsSize(def, v.Slots)
}

func slotsSize(def *procedure.Step, slots []SlotValue) (size int) {
	for j := range slots {
		size += slots[j].sizeIn(def, j)
	}
	return size
}

// sizeIn returns the part of a run's size that belongs to the value of slot j of the given step.
func (v *SlotValue) sizeIn(def *procedure.Step, j int) int {
	if v.Value.IsAbsent() {
		return 0
	}
	return valueFrame(def, j) + len(v.Origin) + contentSize(v.Value)
}

// contentSize returns the part of a run's size that belongs to a value itself. It is 0 for an erased value.
func contentSize(v slot.Value) int { return v.Size() + frame*len(v.List()) }

// valueFrame returns the size of a slot's name beside its value and beside its origin.
func valueFrame(def *procedure.Step, j int) int {
	return 2*len(def.Slots[j].Name) + len(`"":,"":"",`)
}

func reasonSize(reason string) int { return max(0, len(reason)-freeReason) }

// checkSize refuses a decision that makes a run larger than limit. A run that is larger already may not grow.
func checkSize(r Run, events []Event, limit int) error {
	if r.maxSizeAfter(events) <= limit {
		return nil
	}
	before, field, most := r.size, "", 0
	for _, e := range events {
		next, err := Evolve(r, e)
		if err != nil {
			return fault.From(err)
		}
		if growth := next.size - r.size; growth > most {
			field, most = fieldOf(e.Fact), growth
		}
		r = next
	}
	if r.size <= max(limit, before) {
		return nil
	}
	params := fault.Params{"max": limit, "size": r.size}
	refusal := fault.New(fault.Invalid, TooLarge, params)
	if field != "" {
		refusal.Issues = []fault.Issue{{Field: field, Code: "validation.run_size", Params: params}}
	}
	return refusal
}

// fieldOf returns the field of a command that made a run larger by a fact; empty if none did, as where values are
// copied into a new visit.
func fieldOf(f Fact) string {
	switch f.(type) {
	case Created:
		return "metadata"
	case DraftSaved, StepCommitted, Amended:
		return "slots"
	case StepSkipped:
		return "reason"
	case Started, Opened, StepNotApplicable, RunCompleted, RunFailed, ContentErased, ValueErased, SlotRevealed, Refused:
	}
	return ""
}

// maxSizeAfter returns an upper bound of the run's size after the events. Unlike the size itself, it takes next to no
// time, and nearly all runs are far below the limit.
func (r *Run) maxSizeAfter(events []Event) int {
	size, carried, version := r.size, false, r.Version
	for k := range events {
		switch f := events[k].Fact.(type) {
		case Created:
			version = f.Version
			size += len(f.Metadata)
		case DraftSaved:
			size += f.maxSizeIn(version)
		case StepCommitted:
			size += f.maxSizeIn(version)
		case Amended:
			size += f.maxSizeIn(version)
		case StepSkipped:
			size += reasonSize(f.Reason)
		case Opened:
			def := &version.Steps[f.Step]
			size += frame * (1 + len(def.Slots) + len(def.Items))
			carried = carried || len(f.Carried) > 0
		case Started, StepNotApplicable, RunCompleted, RunFailed, ContentErased, ValueErased, SlotRevealed, Refused: // never grow a run
		}
	}
	if carried {
		size *= 2 // the values that are copied are counted in size
	}
	return size
}

func (c *Content) maxSizeIn(v *procedure.Version) (size int) {
	def := &v.Steps[c.Step]
	for i := range c.Slots {
		e := &c.Slots[i]
		size += valueFrame(def, e.Slot) + len(e.Origin) + e.Value.MaxSize() + frame*len(e.Value.List())
	}
	return size
}
