package run

import (
	"cmp"
	"slices"

	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/slot"
)

// Erase removes typed texts and values from a run: values of slots, reasons, refused input, the reference, the user or
// the metadata. The commitments stay in the trail, so that the trail still verifies.
type Erase struct {
	Places []ErasePlace
	Reason string
	// Plan lists what has to be removed. The caller makes it from the trail.
	Plan ErasePlan
}

// ErasePlace is something to erase: either the values of a slot, or the text at a place of one event.
type ErasePlace struct {
	Step, Slot string
	Visit      int // of the slot; 0: all visits
	commitment.Place
}

// ErasePlan is everything that an erasure removes, copies included.
type ErasePlan struct {
	Targets []ErasedTarget
	Places  []commitment.Place
	Issues  fault.IssueList // what cannot be erased
	// Kept are the places in events of version 1 of the hashed form, from which nothing can be removed.
	Kept []commitment.Place
}

// ErasedTarget is something in the state of a run that was erased: the value of a slot in one visit, or a text.
type ErasedTarget struct {
	Text              ErasedText // empty for the value of a slot
	Step, Visit, Slot int        // Step and Visit are also set for a SkipReason
}

// Compare orders targets by text, step, visit and slot.
func (t ErasedTarget) Compare(o ErasedTarget) int {
	return cmp.Or(
		cmp.Compare(t.Text, o.Text), cmp.Compare(t.Step, o.Step), cmp.Compare(t.Visit, o.Visit), cmp.Compare(t.Slot, o.Slot),
	)
}

// ErasedText is a text of a run that can be erased. The set is closed.
type ErasedText string

// The texts of a run that can be erased.
const (
	ErasedReference     ErasedText = "reference"
	ErasedUserID        ErasedText = "user_id"
	ErasedMetadata      ErasedText = "metadata"
	ErasedSkipReason    ErasedText = "skip_reason"
	ErasedFailureReason ErasedText = "failure_reason"
)

// Action returns the action of the event that records the accepted command.
func (Erase) Action() Action { return ActionContentErased }

func (Erase) name() string                  { return "erase" }
func (Erase) submission() *Submission       { return nil }
func (c Erase) reason() string              { return c.Reason }
func (c Erase) withSecrets(Secrets) Command { return c }

// decide refuses, with Invalid, an erasure without a reason and an erasure of a place that has nothing to erase. If
// everything was erased before, it emits no event.
func (c Erase) decide(d *decider) error {
	var err error
	if c.Plan.Issues.Count > 0 {
		err = c.Plan.Issues.Fault(fault.Invalid, InvalidValues)
	}
	if err = d.requireReason(c.Reason, err); err != nil {
		return err
	}
	if len(c.Plan.Targets) > 0 || len(c.Plan.Places) > 0 {
		d.emit(ContentErased{Targets: c.Plan.Targets, Places: c.Plan.Places, Reason: c.Reason})
	}
	return nil
}

// erasePlaceInput is the JSON form of a requested place.
type erasePlaceInput struct {
	Slot  string `json:"slot,omitempty"`
	Visit int    `json:"visit,omitzero"`
	Seq   int64  `json:"seq,omitzero"`
	Place string `json:"place,omitempty"`
}

func (c Erase) recordedPlaces() (all []erasePlaceInput) {
	for _, p := range c.Places {
		in := erasePlaceInput{Visit: p.Visit, Seq: p.Seq, Place: p.Pointer}
		if p.Step != "" {
			in.Slot = p.Step + "." + p.Slot
		}
		all = append(all, in)
	}
	return all
}

// Visits returns the visits of the step, oldest first.
func (s *Step) Visits() []*Visit {
	all := make([]*Visit, 0, len(s.Earlier)+1)
	for k := range s.Earlier {
		all = append(all, &s.Earlier[k])
	}
	if !s.Superseded() {
		all = append(all, &s.Visit)
	}
	return all
}

// evolve erases the targets from the state. It returns false if the state does not have a target, or if a target was
// erased before.
func (f ContentErased) evolve(r Run, by Stamp, _ bool) (Run, bool) {
	for _, t := range f.Targets {
		if !r.eraseTarget(t, by) {
			return r, false
		}
	}
	return r, true
}

// EraseLater erases from a past state of a run the targets of an erasure that came later.
func (r Run) EraseLater(f ContentErased, by Stamp) Run {
	for _, t := range f.Targets {
		r.eraseTarget(t, by) // false if the past state does not have the target yet
	}
	return r
}

func (r *Run) eraseTarget(t ErasedTarget, by Stamp) bool {
	switch t.Text {
	case "":
		return r.eraseValue(t, by)
	case ErasedSkipReason:
		v := r.mutableVisit(t.Step, t.Visit)
		if v == nil || !v.Skipped {
			return false
		}
		r.size -= reasonSize(v.Reason)
		v.Reason = ""
		return true
	case ErasedReference:
		r.Reference = ""
	case ErasedUserID:
		r.UserID = ""
	case ErasedMetadata:
		r.size -= len(r.Metadata)
		r.Metadata = nil
	case ErasedFailureReason:
		if r.Failure == nil {
			return false
		}
		r.Failure = &Failure{At: r.Failure.At, By: r.Failure.By}
	default:
		return false
	}
	if slices.Contains(r.Erased, t.Text) {
		return false
	}
	r.Erased = append(slices.Clip(r.Erased), t.Text)
	slices.Sort(r.Erased)
	r.Withheld = slices.DeleteFunc(slices.Clone(r.Withheld), func(w ErasedText) bool { return w == t.Text })
	if len(r.Withheld) == 0 {
		r.Withheld = nil
	}
	return true
}

// HasErasures reports whether any text or value in the state of the run was erased.
func (r *Run) HasErasures() bool { return r.Erasures() > 0 }

// IsErased reports whether the value was erased. In a past state of a run, a hidden value counts as erased even without
// a time of erasure. In a run that is replayed from a bundle, such a value may have been withheld instead.
func (v SlotValue) IsErased() bool {
	return v.ErasedAt != nil || v.Value.Shape() == slot.SealedShape && v.Value.Digest() == ""
}

// Erasures returns the number of texts and values in the state of the run that were erased.
func (r *Run) Erasures() int {
	n := len(r.Erased)
	for i := range r.Steps {
		for _, v := range r.Steps[i].Visits() {
			if v.ReasonErased() {
				n++
			}
			for _, value := range v.Slots {
				if value.IsErased() {
					n++
				}
			}
		}
	}
	return n
}

// Hides reports whether any text or value of the run is unknown because it was erased or withheld.
func (r *Run) Hides() bool {
	return len(r.Erased) > 0 || len(r.Withheld) > 0 || slices.ContainsFunc(r.Steps, func(s Step) bool {
		return slices.ContainsFunc(s.Visits(), func(v *Visit) bool {
			return slices.ContainsFunc(v.Slots, func(v SlotValue) bool { return v.Value.Identical(slot.HiddenValue()) })
		})
	})
}

// ReasonErased reports whether the visit was skipped with a reason that was erased.
func (v *Visit) ReasonErased() bool { return v.Skipped && v.Reason == "" }

// hides reports whether a text of the run was erased or withheld.
func (r *Run) hides(text ErasedText) bool {
	return slices.Contains(r.Erased, text) || slices.Contains(r.Withheld, text)
}

func (r *Run) eraseValue(t ErasedTarget, by Stamp) bool {
	v := r.mutableVisit(t.Step, t.Visit)
	if v == nil || t.Slot < 0 || t.Slot >= len(v.Slots) {
		return false
	}
	erased := v.Slots[t.Slot]
	if erased.Value.IsAbsent() || erased.ErasedAt != nil {
		return false
	}
	if !r.Version.Steps[t.Step].Slots[t.Slot].Sensitive {
		r.size -= contentSize(erased.Value)
		erased.Value = slot.HiddenValue()
	}
	erased.ErasedAt = new(by.At)
	v.Slots = slices.Clone(v.Slots)
	v.Slots[t.Slot] = erased
	return true
}

// mutableVisit copies the steps and returns a visit of the copy, so that the run before the event stays unchanged. It
// returns nil if there is no such visit.
func (r *Run) mutableVisit(step, visit int) *Visit {
	if !r.hasStep(step) {
		return nil
	}
	s := r.mutableStep(step, false)
	s.Earlier = slices.Clone(s.Earlier)
	return s.FindVisit(visit)
}

// evolve records the time of an erasure that an earlier release made. Only values of sensitive slots could be erased.
func (f ValueErased) evolve(r Run, by Stamp, _ bool) (Run, bool) {
	if !r.hasStep(f.Step) || f.Slot < 0 || f.Slot >= len(r.Version.Steps[f.Step].Slots) ||
		!r.Version.Steps[f.Step].Slots[f.Slot].Sensitive {
		return r, false
	}
	ok := r.eraseValue(ErasedTarget{Step: f.Step, Visit: f.Visit, Slot: f.Slot}, by)
	return r, ok
}

// keepErasure returns v with the erasure time of the value that it replaces if both have the same seal. Otherwise v
// was given after the erasure, and is returned as not erased. A hidden value is also returned as not erased, because it
// never equals another value.
func (v SlotValue) keepErasure(replaced SlotValue) SlotValue {
	v.ErasedAt = nil
	if v.Value.Shape() == slot.SealedShape && v.Value.Equal(replaced.Value) {
		v.ErasedAt = replaced.ErasedAt
	}
	return v
}
