package run

import (
	"slices"

	"github.com/procedo/procedo/core/slot"
)

// CommandOf returns the command that led to a recorded fact. It must get the run as it was before this command. It
// returns false for a refusal, and for a fact such as Opened that only follows from another fact. It also returns false
// if a value or the reason was erased or withheld. The parameter known holds the values behind seals.
func CommandOf(before Run, e Event, known []PlainValue) (Command, bool) {
	agent := e.By.IsAgent()
	switch f := e.Fact.(type) {
	case DraftSaved:
		s, ok := submissionOf(before, f.Content, known, agent)
		return Draft{s}, ok
	case StepCommitted:
		s, ok := submissionOf(before, f.Content, known, agent)
		s.addNulls(before, f.Content)
		return Commit{s}, ok
	case Amended:
		s, ok := submissionOf(before, f.Content, known, agent)
		return Amend{Submission: s, Reason: f.Reason}, ok && f.Reason != ""
	case StepSkipped:
		return Skip{Step: before.Version.Steps[f.Step].Key, Visit: f.Visit, Reason: f.Reason}, f.Reason != ""
	case RunFailed:
		return Fail(f), f.Reason != ""
	case SlotRevealed:
		def := &before.Version.Steps[f.Step]
		return Reveal{Step: def.Key, Slot: def.Slots[f.Slot].Name, Visit: f.Visit, Reason: f.Reason}, f.Reason != ""
	case Created, Started, Opened, StepNotApplicable, RunCompleted, ContentErased, ValueErased, Refused:
		return nil, false // follows from another fact, depends on the trail, or records a refusal
	}
	return nil, false
}

// submissionOf returns the submission that led to the content. If an agent submitted it, values that the draft already
// had are left out, because an agent cannot submit them with another origin than its own.
func submissionOf(before Run, c Content, known []PlainValue, agent bool) (Submission, bool) {
	def, drafted := &before.Version.Steps[c.Step], before.Steps[c.Step].Slots
	s := Submission{
		Step:    def.Key,
		Visit:   c.Visit,
		Slots:   map[string][]byte{},
		Ticks:   c.Ticks,
		Origins: map[string]slot.Origin{},
		Secrets: Secrets{Known: known},
	}
	for _, e := range c.Slots {
		name, value := def.Slots[e.Slot].Name, e.Value
		sealed := value.Shape() == slot.SealedShape
		if (sealed || agent) && drafted[e.Slot].Value.Equal(value) && drafted[e.Slot].Origin == e.Origin {
			continue // the visit already had this value
		}
		if sealed {
			k := slices.IndexFunc(known, func(p PlainValue) bool { return p.Value.SealedWith(p.Salt).Equal(value) })
			if k < 0 {
				return s, false
			}
			value, s.Salts = known[k].Value, append(s.Salts, known[k].Salt)
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
