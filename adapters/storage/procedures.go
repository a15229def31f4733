package storage

import (
	"context"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
)

// EachProcedure calls fn for the record of every procedure in a range, sorted by id. It stops at the first error.
func EachProcedure(
	ctx context.Context, list app.ProcedureList, r audit.Range, fn func(procedure.Record) error,
) error {
	for after := r.After; ; {
		page, err := list.ListProcedures(ctx, app.ProcedureFilter{After: after, Size: app.PageSize{Items: audit.RangeSize}})
		if err != nil {
			return err
		}
		for _, rec := range page.Items {
			if !r.Contains(rec.ID) {
				return nil
			}
			if err := fn(rec); err != nil {
				return err
			}
			after = rec.ID
		}
		if !page.More {
			return nil
		}
	}
}

// Errors for procedures and versions that do not exist.
var (
	ErrNoProcedure = fault.New(fault.NotFound, "procedure.not_found", nil)
	ErrNoVersion   = fault.New(fault.NotFound, "procedure.version_not_found", nil)
)

// ProcedureArgs returns the values of a procedure's row by column name, without last_event_at. An empty status is
// stored as active.
func ProcedureArgs(r procedure.Record) Args {
	if r.Status == "" {
		r.Status = procedure.Active
	}
	return Args{
		"id": r.ID, "name": r.Name, "description": r.Description, "language": r.Language, "status": string(r.Status),
		"version": r.Version, "seq": r.Head.Seq, "head_hash": r.Head.Hash,
	}
}
