package encoding

import (
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// The words that select what a withholding covers. A word slots.STEP.NAME selects a single slot.
const (
	withholdSlots     = "slots"
	withholdInputs    = "inputs"
	withholdReasons   = "reasons"
	withholdReference = "reference"
	withholdUserID    = "user_id"
	withholdMetadata  = "metadata"
	withholdNames     = "names" // of the persons and agents that acted
)

// Withholding selects the typed texts and values that a copy of a trail leaves out. If a slot is selected, so are the
// copies of its values: those that conditions read, and the input of refused commands.
type Withholding struct {
	version *procedure.Version
	words   []string
}

// WithholdingWords returns the words that NewWithholding accepts for a run of the version.
func WithholdingWords(v *procedure.Version) []string {
	words := []string{
		withholdSlots, withholdInputs, withholdReasons, withholdReference, withholdUserID, withholdMetadata,
		withholdNames,
	}
	for i := range v.Steps {
		for j := range v.Steps[i].Slots {
			words = append(words, slotWord(v.Steps[i].Key, v.Steps[i].Slots[j].Name))
		}
	}
	return words
}

func slotWord(step, name string) string { return withholdSlots + "." + step + "." + name }

// NewWithholding returns the withholding for the words. It returns false if a word is not among WithholdingWords.
func NewWithholding(v *procedure.Version, words []string) (w Withholding, ok bool) {
	allowed := WithholdingWords(v)
	unknown := func(word string) bool { return !slices.Contains(allowed, word) }
	return Withholding{v, words}, !slices.ContainsFunc(words, unknown)
}

// Places returns the places of an event's disclosures that are withheld, relative to its payload. Nothing can be
// withheld from an event of version 1 of the hashed form: kept lists the places that it shows although w covers them.
func (w Withholding) Places(e *audit.Event) (withheld, kept []string) {
	o := e.Open()
	head := headOf(o)
	all, _ := audit.ParseDisclosures(e.Disclosures) // verification reports disclosures that cannot be read
	if o.Version == 1 {
		all = typedPlaces(o.Payload)
	}
	for _, d := range all {
		switch {
		case d.Value.Kind() == 'n' || !w.covers(e.Action, head, d):
		case o.Version == 1:
			kept = append(kept, d.Place)
		default:
			withheld = append(withheld, d.Place)
		}
	}
	return withheld, kept
}

func (w Withholding) has(word string) bool { return slices.Contains(w.words, word) }

// covers reports whether the disclosure d of an event is withheld.
func (w Withholding) covers(action string, head eventHead, d audit.Disclosure) bool {
	if name, ok := strings.CutPrefix(d.Place, "/slots/"); ok {
		return w.has(withholdSlots) || w.has(slotWord(head.Step.text(), unescape(name)))
	}
	if name, ok := readPlace(d.Place); ok {
		return w.coversRead(name)
	}
	switch {
	case d.Place == inputPlace:
		return w.has(withholdInputs) || w.coversInput(d.Value)
	case isTypedName(d.Place):
		return w.has(withholdInputs) || w.has(withholdSlots)
	case d.Place == reasonPlace:
		return w.has(withholdReasons)
	case audit.IsNameOfPrincipal(d.Place):
		return w.has(withholdNames)
	case action == string(run.ActionCreated) && d.Place != "/request_id":
		return w.has(strings.TrimPrefix(d.Place, "/"))
	}
	return false
}

// coversRead reports whether a value that a condition read is withheld: as that of a slot, of the metadata, or of
// either, if the name may mean both.
func (w Withholding) coversRead(name string) bool {
	_, _, isSlot := w.version.SlotNamed(name)
	_, isMember := run.MetadataMember(name)
	return isMember && w.has(withholdMetadata) ||
		(isSlot || !isMember) && (w.has(withholdSlots) || w.has(withholdSlots+"."+name))
}

// coversInput reports whether the recorded input of a refused command may hold something that is withheld: a reason, or
// a value under the name of a slot, in any step, because the command may have been sent to the wrong step. Input that
// was cut cannot be read and may hold anything.
func (w Withholding) coversInput(input jsontext.Value) bool {
	in, ok := readInput(input)
	if !ok {
		return w.mayBeInInput()
	}
	if in.Reason != nil && w.has(withholdReasons) || len(in.Slots) > 0 && w.has(withholdSlots) {
		return true
	}
	return slices.ContainsFunc(w.words, func(word string) bool {
		valueName, isSlot := strings.CutPrefix(word, withholdSlots+".")
		_, name, _ := procedure.SplitValueName(valueName)
		_, given := in.Slots[name]
		return given && isSlot
	})
}

// mayBeInInput reports whether slots or reasons are withheld: the texts that the input of a command may contain.
func (w Withholding) mayBeInInput() bool {
	return slices.ContainsFunc(w.words, func(word string) bool {
		return word == withholdSlots || word == withholdReasons || strings.HasPrefix(word, withholdSlots+".")
	})
}

// readPlace returns the name of the value that a condition read, if the place is one of such a value.
func readPlace(place string) (name string, ok bool) {
	if !strings.HasPrefix(place, "/decisions/") {
		return "", false
	}
	_, name, ok = strings.Cut(place, "/values/")
	return unescape(name), ok
}
