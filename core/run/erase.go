package run

import (
	"slices"
	"strings"
	"time"

	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/slot"
)

// NotSensitive is the issue of a slot whose value is in the trail as it is, so that it cannot be erased.
const NotSensitive = "validation.not_sensitive"

// Erase removes the plain value of a sensitive slot from its row, in one visit or in all that there have been. The seal stays: the
// trail and the run's state keep proving what was given without telling it.
type Erase struct {
	Step   string
	Slot   string
	Visit  int // 0: all
	Reason string
}

func (Erase) name() string { return "erase" }

func (c Erase) submission() *Submission { return &Submission{Step: c.Step, Visit: c.Visit} }

// erase decides it: NotFound for an unknown step, Invalid for a slot that the step has not or that is not sensitive, Conflict where
// no value was given. What is erased already is left as it is.
func (d *decider) erase(c Erase) error {
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
	given := false
	for _, p := range d.run.Steps[i].visits() {
		if c.Visit != 0 && c.Visit != p.Number || p.Slots[j].Value.IsAbsent() {
			continue
		}
		given = true
		if p.Slots[j].ErasedAt.IsZero() {
			d.emit(ValueErased{Step: i, Visit: p.Number, Slot: j, Reason: strings.TrimSpace(c.Reason)})
		}
	}
	if !given {
		return d.conflict("slot.no_value", nil)
	}
	return nil
}

// visits are the step's visits, oldest first.
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

// forget applies an erasure: the state keeps the seal, and since when nothing is behind it.
func (r *Run) eraseValue(f ValueErased, stamp Stamp) bool {
	if f.Step < 0 || f.Step >= len(r.Steps) || f.Slot < 0 || f.Slot >= len(r.Version.Steps[f.Step].Slots) {
		return false
	}
	s := r.mutableStep(f.Step)
	s.Earlier = slices.Clone(s.Earlier)
	p := s.FindVisit(f.Visit)
	if p == nil || p.Slots[f.Slot].Value.Shape() != slot.SealedShape || !p.Slots[f.Slot].ErasedAt.IsZero() {
		return false
	}
	p.Slots = slices.Clone(p.Slots)
	p.Slots[f.Slot].ErasedAt = stamp.At
	return true
}

// after is a held value as it follows another: of a value that stays, what was erased stays erased.
func (h SlotValue) keepErasure(was SlotValue) SlotValue {
	h.ErasedAt = time.Time{}
	if h.Value.Shape() == slot.SealedShape && was.Value.Shape() == slot.SealedShape {
		salt, digest := h.Value.Seal()
		wasSalt, wasDigest := was.Value.Seal()
		if salt == wasSalt && digest == wasDigest {
			h.ErasedAt = was.ErasedAt
		}
	}
	return h
}
