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
		if c.Visit != 0 && c.Visit != p.Visit || p.Slots[j].Value.IsAbsent() {
			continue
		}
		given = true
		if p.Slots[j].ErasedAt.IsZero() {
			d.emit(ValueErased{Step: i, Visit: p.Visit, Slot: j, Reason: strings.TrimSpace(c.Reason)})
		}
	}
	if !given {
		return d.conflict("slot.no_value", nil)
	}
	return nil
}

// visits are the step's passages, oldest first.
func (s *Step) visits() []*Passage {
	all := make([]*Passage, 0, len(s.Earlier)+1)
	for k := range s.Earlier {
		all = append(all, &s.Earlier[k])
	}
	if !s.superseded() {
		all = append(all, &s.Passage)
	}
	return all
}

// forget applies an erasure: the state keeps the seal, and since when nothing is behind it.
func (r *Run) forget(f ValueErased, act Act) bool {
	if f.Step < 0 || f.Step >= len(r.Steps) || f.Slot < 0 || f.Slot >= len(r.Version.Steps[f.Step].Slots) {
		return false
	}
	s := r.at(f.Step)
	s.Earlier = slices.Clone(s.Earlier)
	p := s.At(f.Visit)
	if p == nil || p.Slots[f.Slot].Value.Shape() != slot.Sealed || !p.Slots[f.Slot].ErasedAt.IsZero() {
		return false
	}
	p.Slots = slices.Clone(p.Slots)
	p.Slots[f.Slot].ErasedAt = act.At
	return true
}

// after is a held value as it follows another: of a value that stays, what was erased stays erased.
func (h Held) after(was Held) Held {
	h.ErasedAt = time.Time{}
	if h.Value.Shape() == slot.Sealed && was.Value.Shape() == slot.Sealed {
		salt, digest := h.Value.Seal()
		wasSalt, wasDigest := was.Value.Seal()
		if salt == wasSalt && digest == wasDigest {
			h.ErasedAt = was.ErasedAt
		}
	}
	return h
}
