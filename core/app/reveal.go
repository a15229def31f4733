package app

import (
	"context"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
)

// Revealed is the plain value of a sensitive slot.
type Revealed struct {
	run.PlainValue
	Seq int64 // of the event that records who was shown the value
}

// Reveal returns the plain value of a sensitive slot, after the trail has recorded who is shown it and why. It returns
// fault.Conflict with code slot.no_value if the value is erased at this moment, and fault.Unavailable if the value
// cannot be decrypted.
func (s *UseCases) Reveal(ctx context.Context, req Request, runID string, c run.Reveal) (_ Revealed, err error) {
	ctx, begun, err := s.admit(ctx, "Reveal", access.Reveal)
	if err != nil {
		return Revealed{}, err
	}
	defer begun.end(&err)
	r, err := s.Execute(ctx, req, runID, c)
	if err != nil {
		return Revealed{}, err
	}
	i, _ := r.Version.StepIndex(c.Step)
	j, _ := r.Version.Steps[i].SlotIndex(c.Slot)
	if c.Visit == 0 {
		c.Visit = r.Steps[i].Number
	}
	values, err := s.ports.Runs.PlainValues(ctx, runID)
	if err != nil {
		return Revealed{}, err
	}
	for _, v := range values {
		if v.Step == i && v.Visit == c.Visit && v.Slot == j {
			return Revealed{PlainValue: v, Seq: r.Seq}, v.Err
		}
	}
	return Revealed{}, fault.New(fault.Conflict, "slot.no_value", nil)
}
