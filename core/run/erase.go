package run

import (
	"slices"
	"strings"

	"github.com/procedo/procedo/core/blank"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/slot"
)

// NotSensitive is the code of the issue about erasing a slot that is not sensitive. Its value cannot be erased, because
// the trail holds it.
const NotSensitive = "validation.not_sensitive"

// Erase deletes the plain value of a sensitive slot from the database, in one visit or in all visits. The seal (a salt
// and a digest) stays in the trail and in the run, so that a value presented later can still be checked.
type Erase struct {
	Step   string
	Slot   string
	Visit  int // 0: all visits
	Reason string
}

func (Erase) name() string                      { return "erase" }
func (c Erase) submission() *Submission         { return &Submission{Step: c.Step, Visit: c.Visit} }
func (c Erase) reason() string                  { return c.Reason }
func (c Erase) withSalts(_ []slot.Salt) Command { return c }

// decide refuses an unknown step with NotFound and a slot without a value with Conflict. It refuses a slot that is
// unknown or not sensitive with Invalid. Erasing an erased value changes nothing.
func (c Erase) decide(d *decider) error {
	i, err := d.findStep(c.Step)
	if err != nil {
		return err
	}
	def := &d.run.Version.Steps[i]
	j, known := def.SlotIndex(c.Slot)
	code := ""
	switch {
	case !known:
		code = "validation.unexpected_slot"
	case !def.Slots[j].Sensitive:
		code = NotSensitive
	}
	if code != "" {
		return fault.WithIssues(InvalidValues, []fault.Issue{{Field: slot.FieldOf(c.Slot), Code: code}})
	}
	reason := strings.TrimSpace(c.Reason)
	if blank.Is(reason) {
		reason = ""
	}
	found := false
	for _, v := range d.run.Steps[i].visits() {
		if c.Visit != 0 && c.Visit != v.Number || v.Slots[j].Value.IsAbsent() {
			continue
		}
		found = true
		if v.Slots[j].ErasedAt == nil {
			d.emit(ValueErased{Step: i, Visit: v.Number, Slot: j, Reason: reason})
		}
	}
	if !found {
		return d.conflict("slot.no_value", nil)
	}
	return nil
}

// visits returns the visits of the step, oldest first.
func (s *Step) visits() []*Visit {
	all := make([]*Visit, 0, len(s.Earlier)+1)
	for k := range s.Earlier {
		all = append(all, &s.Earlier[k])
	}
	if !s.Superseded() {
		all = append(all, &s.Visit)
	}
	return all
}

// evolve records the time of the erasure and keeps the seal.
func (f ValueErased) evolve(r Run, by Stamp) (Run, bool) {
	if !r.hasStep(f.Step) || f.Slot < 0 || f.Slot >= len(r.Version.Steps[f.Step].Slots) {
		return r, false
	}
	s := r.mutableStep(f.Step)
	s.Earlier = slices.Clone(s.Earlier)
	v := s.FindVisit(f.Visit)
	if v == nil || v.Slots[f.Slot].Value.Shape() != slot.SealedShape || v.Slots[f.Slot].ErasedAt != nil {
		return r, false
	}
	v.Slots = slices.Clone(v.Slots)
	v.Slots[f.Slot].ErasedAt = new(by.At)
	return r, true
}

// keepErasure returns v with the erasure time of the value that it replaces if both have the same seal. Otherwise it
// returns v as not erased.
func (v SlotValue) keepErasure(replaced SlotValue) SlotValue {
	v.ErasedAt = nil
	if v.Value.Shape() == slot.SealedShape && v.Value.Identical(replaced.Value) {
		v.ErasedAt = replaced.ErasedAt
	}
	return v
}
