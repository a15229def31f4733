package app

import (
	"context"

	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/run"
)

// addSecrets adds a salt to the command for each sensitive slot that it submits. If the run may already hold one of the
// values, it also adds the run's plain values, which it reads from the rows.
func (e *execution) addSecrets(ctx context.Context, r run.Run) (err error) {
	n, compares := run.SensitiveSlots(r, e.command)
	if n == 0 {
		return nil
	}
	secrets := run.Secrets{Salts: make([]commitment.Salt, n)}
	for i := range secrets.Salts {
		secrets.Salts[i] = e.service.ports.Random.Salt()
	}
	if compares {
		secrets.Known, err = e.service.ports.Runs.PlainValues(ctx, r.ID)
	}
	e.command = run.WithSecrets(e.command, secrets)
	return err
}

// addCarriedValues completes a decision that copies sensitive values into a new visit. The run holds only the digests
// of these values; addCarriedValues reads the values themselves from the rows of the previous visit.
func (s *UseCases) addCarriedValues(ctx context.Context, r run.Run, d *run.Decision) error {
	missing := d.CarriedSecrets(r)
	if len(missing) == 0 {
		return nil
	}
	stored, err := s.ports.Runs.PlainValues(ctx, r.ID)
	if err != nil {
		return err
	}
	for _, want := range missing {
		for _, p := range stored {
			if p.Step == want.Step && p.Visit == want.Visit-1 && p.Slot == want.Slot {
				want.Value, want.Salt = p.Value, p.Salt
				d.PlainValues = append(d.PlainValues, want)
			}
		}
	}
	return nil
}
