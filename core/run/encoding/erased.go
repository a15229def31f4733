package encoding

import (
	"fmt"

	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/run"
)

// contentErasedPayload is the payload of an erasure.
type contentErasedPayload struct {
	Erased []erasedTarget     `json:"erased,omitempty"`
	Places []commitment.Place `json:"places,omitempty"`
	Reason typed              `json:"reason,omitzero"`
}

// erasedTarget is the JSON form of run.ErasedTarget.
type erasedTarget struct {
	Text run.ErasedText `json:"text,omitempty"`
	visit
	Slot string `json:"slot,omitempty"`
}

func (p *contentErasedPayload) fact(r reader) (run.Fact, error) {
	f := run.ContentErased{Places: p.Places, Reason: p.Reason.text()}
	for _, e := range p.Erased {
		t := run.ErasedTarget{Text: e.Text, Visit: e.Visit}
		if e.Text == "" || e.Text == run.ErasedSkipReason {
			i, err := stepIndex(r.version, e.Step)
			if err != nil {
				return nil, err
			}
			t.Step = i
		}
		if e.Text == "" {
			j, known := r.version.Steps[t.Step].SlotIndex(e.Slot)
			if !known {
				return nil, fmt.Errorf("%w: step %q has no slot %q", ErrPayload, e.Step, e.Slot)
			}
			t.Slot = j
		}
		f.Targets = append(f.Targets, t)
	}
	return f, nil
}

// ErasedPlaces returns the places that an event names as erased; none if the event is not an erasure.
func ErasedPlaces(action string, o audit.Opened) []commitment.Place {
	var p contentErasedPayload
	if action != string(run.ActionContentErased) || json.Unmarshal(o.Payload, &p) != nil {
		return nil // the replay reports a payload that cannot be read
	}
	return p.Places
}

func (w *Encoder) contentErased(f *run.ContentErased) {
	if len(f.Targets) > 0 {
		w.name("erased")
		w.out = append(w.out, '[')
		for _, t := range f.Targets {
			w.comma('[')
			w.erased(t)
		}
		w.out = append(w.out, ']')
	}
	w.places(f.Places)
	w.typedText("reason", f.Reason)
}

func (w *Encoder) erased(t run.ErasedTarget) {
	w.open()
	if t.Text == "" {
		w.text("slot", w.version.Steps[t.Step].Slots[t.Slot].Name)
	}
	visited := t.Text == "" || t.Text == run.ErasedSkipReason
	if visited {
		w.text("step", w.version.Steps[t.Step].Key)
	}
	w.text("text", string(t.Text))
	if visited {
		w.number("visit", int64(t.Visit))
	}
	w.close()
}

func (w *Encoder) places(places []commitment.Place) {
	if len(places) == 0 {
		return
	}
	w.name("places")
	w.out = append(w.out, '[')
	for i := range places {
		w.comma('[')
		w.open()
		w.name("place")
		w.quote(places[i].Pointer)
		w.name("seq")
		w.integer(places[i].Seq)
		w.close()
	}
	w.out = append(w.out, ']')
}
