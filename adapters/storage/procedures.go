package storage

import (
	"context"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/procedure"
)

// EachProcedure calls each with the records of the procedures of a range, by id.
func EachProcedure(ctx context.Context, list app.ProcedureList, r audit.Range, each func(procedure.Record) error) error {
	for after := r.After; ; {
		page, err := list.ListProcedures(ctx, app.ProcedureFilter{After: after, Limit: audit.RangeSize})
		if err != nil {
			return err
		}
		for _, rec := range page {
			if !r.Contains(rec.ID) {
				return nil
			}
			if err := each(rec); err != nil {
				return err
			}
			after = rec.ID
		}
		if len(page) < audit.RangeSize {
			return nil
		}
	}
}
