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
	var all []app.PlainValue
	for rows := range stored.valuesBySlot() {
		if rows[0].Digest == nil || rows[0].ErasedAt != nil {
			continue
		}
		i, j, err := place(v, rows[0])
		if err != nil {
			return nil, translate(err)
		}
		plain, err := plainValue(&v.Steps[i].Slots[j], rows)
		if err != nil {
			return nil, translate(err)
		}
		all = append(all, app.PlainValue{Step: rows[0].StepKey, Visit: int(rows[0].Visit), Slot: rows[0].SlotName, Value: plain})
	}
	return all, nil
}
