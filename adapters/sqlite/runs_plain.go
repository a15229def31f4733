package sqlite

import (
	"context"

	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
)

// PlainValues returns the plain values of sensitive slots that have not been erased.
func (s Runs) PlainValues(ctx context.Context, id string) ([]run.PlainValue, error) {
	var stored storedRun
	if err := s.DB.within(ctx, s.DB.read, func(t tx) (err error) {
		stored, err = readRun(ctx, t, id)
		return err
	}); err != nil {
		return nil, translate(err)
	}
	v, err := s.Definitions.Definition(ctx, stored.run.ProcedureID, int(stored.run.ProcedureVersion))
	if err != nil {
		return nil, err
	}
	all, err := projection.PlainValues(v, stored.rows.Values)
	return all, translate(err)
}
