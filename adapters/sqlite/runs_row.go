package sqlite

import (
	"errors"

	"github.com/procedo/procedo/adapters/sqlite/gen/model"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
)

// readRunRow reads a run's own row.
func readRunRow(row model.Runs) (projection.RunRow, error) {
	s := projection.RunRow{
		ID: row.ID, ProcedureID: row.ProcedureID, ProcedureVersion: int(row.ProcedureVersion), UserID: row.UserID,
		Reference: row.Reference, Metadata: metadataValue(row.Metadata), State: run.State(row.State),
		Revision: row.Revision, Head: audit.Head{Seq: row.Seq, Hash: row.HeadHash},
	}
	errs := make([]error, 7)
	s.CurrentStep, errs[6] = written(row.CurrentStep)
	s.CreatedAt, errs[0] = parseInstant(row.CreatedAt)
	s.StartedAt, errs[1] = parseOptionalInstant(row.StartedAt)
	s.UpdatedAt, errs[2] = parseInstant(row.UpdatedAt)
	s.ClosedAt, errs[3] = parseOptionalInstant(row.ClosedAt)
	if row.FailureReason != nil {
		s.Failure = &run.Failure{Reason: *row.FailureReason, By: orEmpty(row.FailureBy)}
		s.Failure.At, errs[4] = parseOptionalInstant(row.FailureAt)
	}
	if whole := row.FailureReason != nil; whole != (row.FailureAt != nil) || whole != (row.FailureBy != nil) {
		errs[5] = corrupt("half a failure")
	}
	return s, errors.Join(errs...)
}

// runRow is the row of a run whose chain ends at head.
func runRow(r run.Run, head audit.Head) model.Runs {
	row := model.Runs{
		ID: r.ID, ProcedureID: r.Version.ID, ProcedureVersion: int64(r.Version.Number), UserID: r.UserID, Reference: r.Reference,
		Metadata: metadataColumn(r.Metadata), State: string(r.State), Revision: r.Revision, Seq: r.Seq, HeadHash: head.Hash,
		CurrentStep: nonEmpty(r.CurrentKey()), CreatedAt: instant(r.CreatedAt), StartedAt: optionalInstant(r.StartedAt),
		UpdatedAt: instant(r.UpdatedAt), ClosedAt: optionalInstant(r.ClosedAt),
	}
	if f := r.Failure; f != nil {
		row.FailureReason, row.FailureAt, row.FailureBy = &f.Reason, optionalInstant(f.At), &f.By
	}
	return row
}
