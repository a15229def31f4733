package app

import (
	"context"
	"errors"

	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/projection"
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
		secrets.Known, err = e.knownValues(ctx, r)
	}
	e.command = run.WithSecrets(e.command, secrets)
	return err
}

// knownValues returns the plain values of the run. It returns an error if a value that the command submits again cannot
// be read, unless the value is lost: what the command submits is then a new value.
func (e *execution) knownValues(ctx context.Context, r run.Run) ([]run.PlainValue, error) {
	stored, err := e.service.ports.Runs.PlainValues(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	for _, p := range stored {
		if p.Err != nil && !isLost(p) && run.Submits(r, e.command, p) {
			return nil, p.Err
		}
	}
	return run.ReadableValues(stored), nil
}

// isLost reports whether nobody can read a value again: the server has a keyset, but not the key of this value.
func isLost(p run.PlainValue) bool { return errors.Is(p.Err, projection.ErrLostKey) }

// addCarriedValues completes a decision that copies sensitive values into a new visit. The run holds only the digests
// of these values; addCarriedValues reads the values themselves from the rows of the previous visit. A value that is
// lost is not copied.
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
			switch {
			case p.Step != want.Step || p.Visit != want.Visit-1 || p.Slot != want.Slot:
			case p.Err == nil:
				want.Value, want.Salt = p.Value, p.Salt
				d.PlainValues = append(d.PlainValues, want)
			case isLost(p):
				d.DropCarried(want.Step, want.Slot)
			default:
				return p.Err
			}
		}
	}
	return nil
}
