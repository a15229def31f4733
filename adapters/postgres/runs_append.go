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
	return translate(s.DB.send(ctx, &b))
}

// Exclusively locks the run for writing, calls decide with it, and writes the change that decide returns. For a nil
// change, it writes nothing.
func (s Runs) Exclusively(ctx context.Context, id string, decide func(app.RunRecord) (*app.RunChange, error)) error {
	if !isRunID(id) {
		return storage.ErrNoRun
	}
	// With READ COMMITTED, the reads see the changes that were committed while this transaction waited for the lock.
	tx, err := s.DB.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted})
	if err != nil {
		return translate(err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // does nothing after Commit
	lock := lockRun.Bind(args{"id": id})
	if _, err := tx.Exec(ctx, lock.Text, lock.Args...); err != nil {
		return translate(err)
	}
	var stored storage.StoredRun
	var reads pgx.Batch
	queueReads(&reads, id, &stored)
	if err := tx.SendBatch(ctx, &reads).Close(); err != nil {
		return translate(err)
	}
	if !stored.Found {
		return storage.ErrNoRun
	}
	rec, err := stored.Record(ctx, s.Definitions)
	if err != nil {
		return err
	}
	c, err := decide(rec)
	if err != nil || c == nil {
		return err
	}
	var b pgx.Batch
	queueRun(&b, *c)
	if err := tx.SendBatch(ctx, &b).Close(); err != nil {
		return translate(err)
	}
	return translate(tx.Commit(ctx))
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
