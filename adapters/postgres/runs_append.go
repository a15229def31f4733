package postgres

import (
	"context"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet is designed for dot imports
	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/projection"
)

var (
	insertRun = prepare(insertInto(runs, runs.AllColumns))

	updateRun = prepare(update(runs, ColumnList{
		runs.State, runs.Revision, runs.Seq, runs.HeadHash, runs.CurrentStep,
		runs.FailureReason, runs.FailureAt, runs.FailureBy, runs.StartedAt, runs.UpdatedAt, runs.ClosedAt,
		runs.Refusals, runs.LastRefusal, runs.Divergences, runs.LastEventAt,
	}).WHERE(runAtHead("seq_before", "hash_before")))

	// checkUpdated divides by zero if updateRun changed no row. The error rolls the batch back. Go code could not do
	// this, because it receives the number of changed rows only after the batch has been committed.
	checkUpdated = prepare(SELECT(Int(1).DIV(COUNT(STAR))).FROM(runs).WHERE(runAtHead("seq", "head_hash")))
)

// runAtHead returns the condition that a run has a given head. The statement's parameter "id" holds the id of the run.
// The arguments name its parameters for the sequence number and the hash of the head.
func runAtHead(seq, hash string) BoolExpression {
	return runs.ID.EQ(textParam("id")).AND(runs.Seq.EQ(intParam(seq))).AND(runs.HeadHash.EQ(textParam(hash)))
}

// Append writes a change in one transaction and one round trip. It returns app.ErrMoved if the run has changed since it
// was read for this change.
func (s Runs) Append(ctx context.Context, c app.RunChange) error {
	var b pgx.Batch
	queueRun(&b, c)
	return translate(s.DB.send(ctx, s.DB.writes.forRows(rowsOf(&b)).forRun(c.After.ID), &b))
}

// Exclusively locks the run for writing, calls decide with it, and writes the change that decide returns. For a nil
// change, it writes nothing.
func (s Runs) Exclusively(ctx context.Context, id string, decide func(app.RunRecord) (*app.RunChange, error)) error {
	if !isRunID(id) {
		return storage.ErrNoRun
	}
	return translate(s.DB.inTransaction(ctx, s.DB.writes.forRun(id), func(ctx context.Context, tx pgx.Tx) error {
		rec, err := s.lock(ctx, tx, id)
		if err != nil {
			return err
		}
		c, err := decide(rec)
		if err != nil || c == nil {
			return err
		}
		var b pgx.Batch
		queueRun(&b, *c)
		return tx.SendBatch(ctx, &b).Close()
	}))
}

// lock locks a run for writing and returns it, in one round trip. With READ COMMITTED, the reads see the changes that
// were committed while the transaction waited for the lock.
func (s Runs) lock(ctx context.Context, tx pgx.Tx, id string) (app.RunRecord, error) {
	var stored storage.StoredRun
	var b pgx.Batch
	queue(&b, lockRun.Bind(args{"id": id}))
	queueReads(&b, id, &stored)
	if err := tx.SendBatch(ctx, startWith(s.DB.writes.prelude, &b)).Close(); err != nil {
		return app.RunRecord{}, translate(err)
	}
	if !stored.Found {
		return app.RunRecord{}, storage.ErrNoRun
	}
	return stored.Record(ctx, s.Definitions)
}

// queueRun adds to a batch the statements that write a change. The first one locks the run's own row, so that other
// writers of the run wait.
func queueRun(b *pgx.Batch, c app.RunChange) {
	r := projection.RunRowOf(c.After, c.Head().Hash)
	row := args{
		"id": r.ID, "state": string(r.State), "revision": r.Revision, "seq": r.Head.Seq, "head_hash": r.Head.Hash,
		"current_step": storage.NonEmpty(r.CurrentStep),
		"refusals":     r.Refusals, "last_refusal": storage.NonEmpty(r.LastRefusal),
		"divergences": storage.NonEmpty(r.Divergences), "last_event_at": r.LastEventAt,
		"failure_reason": nil, "failure_at": nil, "failure_by": nil,
		"started_at": optionalTime(r.StartedAt), "updated_at": r.UpdatedAt, "closed_at": optionalTime(r.ClosedAt),
	}
	if f := r.Failure; f != nil {
		row["failure_reason"], row["failure_at"], row["failure_by"] = f.Reason, optionalTime(f.At), f.By
	}
	if c.Before.Seq > 0 {
		row["seq_before"], row["hash_before"] = c.Before.Seq, c.PrevHash()
		queue(b, updateRun.Bind(row))
		queue(b, checkUpdated.Bind(args{"id": r.ID, "seq": r.Head.Seq, "head_hash": r.Head.Hash}))
	} else {
		row["procedure_id"], row["procedure_version"] = r.ProcedureID, r.ProcedureVersion
		row["user_id"], row["reference"], row["metadata"] = r.UserID, r.Reference, storage.Metadata(r.Metadata)
		row["erased"] = r.Erased
		row["created_at"] = r.CreatedAt
		queue(b, insertRun.Bind(row))
	}
	queueEvents(b, c.Events)
	queueReceipt(b, c.Receipt)
	queueErasure(b, r, c)
	queueRowChanges(b, r.ID, projection.Diff(c.Before, c.After, c.PlainValues))
}
