package run

import (
	"encoding/hex"

	"github.com/procedo/procedo/core/slot"
)

// CommandOf returns the command that led to a recorded fact. It must get the run as it was before this command. It
// returns false for a refusal, and for a fact such as Opened that only follows from another fact. unseal returns the
// value behind a seal, or an absent value if the value is unknown; CommandOf then returns false too.
func CommandOf(before Run, fact Fact, unseal func(sealed slot.Value) slot.Value) (Command, bool) {
	switch f := fact.(type) {
	case DraftSaved:
		s, ok := submissionOf(before, f.Content, unseal)
		return Draft{s}, ok
	case StepCommitted:
		s, ok := submissionOf(before, f.Content, unseal)
		s.addNulls(before, f.Content)
		return Commit{s}, ok
	case Amended:
		s, ok := submissionOf(before, f.Content, unseal)
		return Amend{Submission: s, Reason: f.Reason}, ok
	case StepSkipped:
		return Skip{Step: before.Version.Steps[f.Step].Key, Visit: f.Visit, Reason: f.Reason}, true
	case RunFailed:
		return Fail(f), true
	case ValueErased:
		def := &before.Version.Steps[f.Step]
		return Erase{Step: def.Key, Slot: def.Slots[f.Slot].Name, Visit: f.Visit, Reason: f.Reason}, true
	case Created, Started, Opened, StepNotApplicable, RunCompleted, Refused:
		return nil, false // follows from another fact, or records a refusal
	}
	return nil, false
}

func submissionOf(before Run, c Content, unseal func(slot.Value) slot.Value) (Submission, bool) {
	def, drafted := &before.Version.Steps[c.Step], before.Steps[c.Step].Slots
	s := Submission{
		Step:    def.Key,
		Visit:   c.Visit,
		Slots:   map[string][]byte{},
		Ticks:   c.Ticks,
		Origins: map[string]slot.Origin{},
	}
	for _, e := range c.Slots {
		name, value := def.Slots[e.Slot].Name, e.Value
		if salt, _ := value.Seal(); value.Shape() == slot.SealedShape {
			if drafted[e.Slot].Value.Equal(value) && drafted[e.Slot].Origin == e.Origin {
				continue // the visit already had this value
			}
			if value = unseal(value); value.IsAbsent() {
				return s, false
			}
			var decoded slot.Salt
			if n, err := hex.Decode(decoded[:], []byte(salt)); err != nil || n != len(decoded) {
				return s, false
			}
			s.Salts = append(s.Salts, decoded)
		}
		s.Slots[name] = value.AppendRaw(nil)
		if e.Origin != slot.Manual && e.Origin != "" {
			s.Origins[name] = e.Origin
		}
	}
	return s, true
}

// addNulls adds a null for each value of the draft that the commit removed.
func (s *Submission) addNulls(before Run, c Content) {
	def, drafted := &before.Version.Steps[c.Step], before.Steps[c.Step].Slots
	kept := map[int]bool{}
	for _, e := range c.Slots {
		kept[e.Slot] = true
	}
	for _, j := range c.InapplicableSlots {
		kept[j] = true
	}
	for j := range drafted {
		if !kept[j] && !drafted[j].Value.IsAbsent() {
			s.Slots[def.Slots[j].Name] = []byte("null")
		}
	}
}
