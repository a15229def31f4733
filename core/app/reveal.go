package app

import (
	"context"

	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
)

// Revealed is the plain value of a sensitive slot.
type Revealed struct {
	run.PlainValue
	Seq int64 // of the event that records who was shown the value
}

// Reveal returns the plain value of a sensitive slot, after the trail has recorded who is shown it and why. If the
// value is replaced at this moment, Reveal records and reads the new one. It returns fault.Conflict with code
// slot.no_value if the value is erased at this moment, and fault.Unavailable if the value cannot be decrypted, or is
// replaced each time.
func (s *UseCases) Reveal(ctx context.Context, req Request, runID string, c run.Reveal) (_ Revealed, err error) {
	ctx, begun, err := s.admit(ctx, "Reveal", c.Action().Permission())
	if err != nil {
		return Revealed{}, err
	}
	defer begun.end(&err)
	req.by = begun.by
	for range optimisticTries {
		revealed, recorded, err := s.tryReveal(ctx, req, runID, c)
		if err != nil || recorded {
			return revealed, err
		}
	}
	return Revealed{}, fault.New(fault.Unavailable, "service.unavailable", nil)
}

// tryReveal records that a value is shown, and reads it. recorded is false if what it has read is a later value than
// the one that the trail then had.
func (s *UseCases) tryReveal(
	ctx context.Context, req Request, runID string, c run.Reveal,
) (_ Revealed, recorded bool, err error) {
	r, err := s.execute(ctx, req, runID, c)
	if err != nil {
		return Revealed{}, false, err
	}
	i, _ := r.Version.StepIndex(c.Step)
	j, _ := r.Version.Steps[i].SlotIndex(c.Slot)
	if c.Visit == 0 {
		c.Visit = r.Steps[i].Number
	}
	values, err := s.ports.Runs.PlainValues(ctx, runID)
	if err != nil {
		return Revealed{}, false, err
	}
	for _, v := range values {
		if v.Step != i || v.Visit != c.Visit || v.Slot != j {
			continue
		}
		visit := r.Steps[i].FindVisit(c.Visit)
		if v.Err == nil && (visit == nil || !v.Value.SealedWith(v.Salt).Identical(visit.Slots[j].Value)) {
			return Revealed{}, false, nil
		}
		return Revealed{PlainValue: v, Seq: r.Seq}, true, v.Err
	}
	return Revealed{}, false, fault.New(fault.Conflict, "slot.no_value", nil)
}
