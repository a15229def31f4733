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
