package sqlite

import (
	"context"

	"github.com/procedo/procedo/core/app"
)

// PlainValues returns the plain values of sensitive slots that have not been erased.
func (s Runs) PlainValues(ctx context.Context, id string) ([]app.PlainValue, error) {
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
	all, err := app.PlainValues(v, stored.rows.Values)
	return all, translate(err)
}
