package run

import (
	"slices"
	"strings"
	"time"

	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/slot"
)

// NotSensitive is the code of the issue that a slot is not sensitive: its value is in the trail and cannot be erased.
const NotSensitive = "validation.not_sensitive"

// Erase deletes the plain value of a sensitive slot from its row, in one visit or in all. The seal stays, so that the
// trail and the run still prove which value was given without revealing it.
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

// decide returns NotFound for an unknown step, Invalid for a slot that the step does not have or that is not sensitive,
// and Conflict where no value was given. Erasing an erased value changes nothing.
func (c Erase) decide(d *decider) error {
	i, err := d.find(c.Step)
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
	found := false
	for _, v := range d.run.Steps[i].visits() {
		if c.Visit != 0 && c.Visit != v.Number || v.Slots[j].Value.IsAbsent() {
			continue
		}
		found = true
		if v.Slots[j].ErasedAt.IsZero() {
			d.emit(ValueErased{Step: i, Visit: v.Number, Slot: j, Reason: strings.TrimSpace(c.Reason)})
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

// evolve keeps the seal and records when the value behind it was erased.
func (f ValueErased) evolve(r Run, by Stamp) (Run, bool) {
	if !r.hasStep(f.Step) || f.Slot < 0 || f.Slot >= len(r.Version.Steps[f.Step].Slots) {
		return r, false
	}
	s := r.mutableStep(f.Step)
	s.Earlier = slices.Clone(s.Earlier)
	v := s.FindVisit(f.Visit)
	if v == nil || v.Slots[f.Slot].Value.Shape() != slot.SealedShape || !v.Slots[f.Slot].ErasedAt.IsZero() {
		return r, false
	}
	v.Slots = slices.Clone(v.Slots)
	v.Slots[f.Slot].ErasedAt = by.At
	return r, true
}

// keepErasure returns the value with the erasure time of the one that it replaces, if both have the same seal.
func (v SlotValue) keepErasure(was SlotValue) SlotValue {
	v.ErasedAt = time.Time{}
	if v.Value.Shape() == slot.SealedShape && v.Value.Identical(was.Value) {
		v.ErasedAt = was.ErasedAt
	}
	return v
}
