package encoding

import (
	"fmt"

	"github.com/procedo/procedo/core/run"
)

// fact writes the members of the payload of a fact.
func (w *Encoder) fact(fact run.Fact) {
	switch f := fact.(type) {
	case run.Created:
		w.created(&f)
	case run.Started:
	case run.Opened:
		w.opened(&f)
	case run.DraftSaved:
		w.content(&f.Content, contentMembers{})
	case run.StepCommitted:
		w.content(&f.Content, contentMembers{conditions: f.Conditions})
	case run.Amended:
		w.content(&f.Content, contentMembers{f.Conditions, f.Divergences, f.Reason})
	case run.StepSkipped:
		w.typedText("reason", f.Reason)
		w.visit(f.Step, f.Visit)
	case run.StepNotApplicable:
		w.conditions(f.Conditions)
		w.text("step", w.version.Steps[f.Step].Key)
		w.text("transition", f.Transition)
	case run.RunCompleted:
		w.conditions(f.Conditions)
	case run.RunFailed:
		w.typedText("reason", f.Reason)
	case run.ContentErased:
		w.contentErased(&f)
	case run.SlotRevealed:
		w.typedText("reason", f.Reason)
		w.text("slot", w.version.Steps[f.Step].Slots[f.Slot].Name)
		w.visit(f.Step, f.Visit)
	case run.ValueErased:
		w.typedText("reason", f.Reason)
		w.text("slot", w.version.Steps[f.Step].Slots[f.Slot].Name)
		w.visit(f.Step, f.Visit)
	case run.Refused:
		w.refused(&f)
	default:
		w.fail(fmt.Errorf("encoding: no payload for a fact of type %T", fact))
	}
}

func (w *Encoder) created(f *run.Created) {
	v := w.version
	w.number("conditions", int64(v.Meaning))
	w.text("digest", v.Digest)
	if len(f.Metadata) > 0 {
		w.name("metadata")
		w.placeAt("metadata")
		w.typedJSON(f.Metadata)
	}
	w.text("procedure_id", v.ID)
	w.number("procedure_version", int64(v.Number))
	w.typedText("reference", f.Reference)
	w.typedText("user_id", f.UserID)
}

func (w *Encoder) opened(f *run.Opened) {
	if def := &w.version.Steps[f.Step]; len(f.Carried) > 0 {
		w.name("carried")
		w.out = append(w.out, '[')
		for _, j := range f.Carried {
			w.comma('[')
			w.quote(def.Slots[j].Name)
		}
		w.out = append(w.out, ']')
	}
	w.conditions(f.Conditions)
	w.visit(f.Step, f.Visit)
}

// visit writes the members that identify a visit.
func (w *Encoder) visit(step, number int) {
	w.text("step", w.version.Steps[step].Key)
	w.number("visit", int64(number))
}
