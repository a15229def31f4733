package sqlite

import (
	"context"

	. "github.com/go-jet/jet/v2/sqlite" //nolint:staticcheck // go-jet is designed for dot imports

	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/projection"
)

var (
	insertRun = prepare(insertInto(runs, runs.AllColumns).ON_CONFLICT(runs.ID).DO_NOTHING())

	updateRun = prepare(update(runs, ColumnList{
		runs.State, runs.Revision, runs.Seq, runs.HeadHash, runs.CurrentStep,
		runs.FailureReason, runs.FailureAt, runs.FailureBy, runs.StartedAt, runs.UpdatedAt, runs.ClosedAt,
		runs.Refusals, runs.LastRefusal, runs.Divergences, runs.LastEventAt,
	}).WHERE(runs.ID.EQ(textParam("id")).
		AND(runs.Seq.EQ(intParam("seq_before"))).
		AND(runs.HeadHash.EQ(textParam("hash_before")))))
)

// Append writes a change in one transaction. It returns app.ErrMoved if the run has changed since it was read for this
// change.
func (s Runs) Append(ctx context.Context, c app.RunChange) error {
	return s.DB.inTransaction(ctx, s.DB.write, func(t tx) error { return appendRun(ctx, t, c) })
}

// Exclusively locks the database for writing, calls decide with the run, and writes the change that decide returns. For
// a nil change, it writes nothing.
func (s Runs) Exclusively(ctx context.Context, id string, decide func(app.RunRecord) (*app.RunChange, error)) error {
	return s.DB.inTransaction(ctx, s.DB.write, func(t tx) error {
		stored, err := readRun(ctx, t, id)
		if err != nil {
			return translate(err)
		}
		rec, err := stored.Record(ctx, s.Definitions)
		if err != nil {
			return err
		}
		c, err := decide(rec)
		if err != nil || c == nil {
			return err
		}
		return appendRun(ctx, t, *c)
	})
}

func appendRun(ctx context.Context, t tx, c app.RunChange) error {
	changed, err := writeRun(ctx, t, c)
	if err != nil || changed == 0 {
		return translateOr(err, app.ErrMoved)
	}
	if err := writeEvents(ctx, t, c.Events); err != nil {
		return translate(err)
	}
	if err := writeReceipt(ctx, t, c.Receipt); err != nil {
		return err
	}
	if err := writeErasure(ctx, t, c); err != nil {
		return translate(err)
	}
	return translate(writeRows(ctx, t, c.After.ID, projection.Diff(c.Before, c.After, c.PlainValues)))
}

// writeRun inserts or updates the run's row. It changes no row if the stored head differs from the one before the
// change.
func writeRun(ctx context.Context, t tx, c app.RunChange) (changed int64, err error) {
	r := projection.RunRowOf(c.After, c.Head().Hash)
	row := args{
		"id": r.ID, "state": string(r.State), "revision": r.Revision, "seq": r.Head.Seq, "head_hash": r.Head.Hash,
		"current_step": storage.NonEmpty(r.CurrentStep),
		"refusals":     r.Refusals, "last_refusal": storage.NonEmpty(r.LastRefusal),
		"divergences": storage.NonEmpty(r.Divergences), "last_event_at": formatTime(r.LastEventAt),
		"failure_reason": nil, "failure_at": nil, "failure_by": nil,
		"started_at": formatOptionalTime(r.StartedAt), "updated_at": formatTime(r.UpdatedAt),
		"closed_at": formatOptionalTime(r.ClosedAt),
	}
	if f := r.Failure; f != nil {
		row["failure_reason"], row["failure_at"], row["failure_by"] = f.Reason, formatOptionalTime(f.At), f.By
	}
	if c.Before.Seq > 0 {
		row["seq_before"], row["hash_before"] = c.Before.Seq, c.PrevHash()
		return t.exec(ctx, updateRun.Bind(row))
	}
	row["procedure_id"], row["procedure_version"] = r.ProcedureID, r.ProcedureVersion
	row["user_id"], row["reference"], row["metadata"] = r.UserID, r.Reference, storage.Metadata(r.Metadata)
	row["erased"] = r.Erased
	row["created_at"] = formatTime(r.CreatedAt)
	return t.exec(ctx, insertRun.Bind(row))
}
