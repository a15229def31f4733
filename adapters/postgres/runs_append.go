package postgres

import (
	"context"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet's language is meant to be read bare
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
	}).WHERE(runAtHead("seq_before", "hash_before")))

	// checkUpdated fails with a division by zero unless the run ends as the change leaves it, because a batch cannot
	// look at the number of rows that updateRun changed.
	checkUpdated = prepare(SELECT(Int(1).DIV(COUNT(STAR))).FROM(runs).WHERE(runAtHead("seq", "head_hash")))
)

// runAtHead returns the condition that the run of the parameter id ends at a seq and a hash, of the parameters so
// named.
func runAtHead(seq, hash string) BoolExpression {
	return runs.ID.EQ(textParam("id")).AND(runs.Seq.EQ(intParam(seq))).AND(runs.HeadHash.EQ(textParam(hash)))
}

// Append writes a change whole or not at all, in one round trip. If another writer was faster, the seq of the first
// event is taken; if the stored chain is another one than the change was decided on, checkUpdated fails. Either rolls
// everything back.
func (s Runs) Append(ctx context.Context, c app.RunChange) error {
	var b pgx.Batch
	queueRun(&b, c)
	return translate(s.DB.send(ctx, &b))
}

// Exclusively lets decide make a change while no other writer can write the run.
func (s Runs) Exclusively(ctx context.Context, id string, decide func(app.RunRecord) (*app.RunChange, error)) error {
	if !isRunID(id) {
		return storage.ErrNoRun
	}
	// READ COMMITTED: the run is read as it is when the lock is taken.
	tx, err := s.DB.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted})
	if err != nil {
		return translate(err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // after Commit there is nothing to roll back
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

// queueRun adds a change: the run's own row first, so that writers of one run wait for each other there.
func queueRun(b *pgx.Batch, c app.RunChange) {
	r := projection.RunRowOf(c.After, c.Head().Hash)
	row := args{
		"id": r.ID, "state": string(r.State), "revision": r.Revision, "seq": r.Head.Seq, "head_hash": r.Head.Hash,
		"current_step":   storage.NonEmpty(r.CurrentStep),
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
		row["created_at"] = r.CreatedAt
		queue(b, insertRun.Bind(row))
	}
	queueEvents(b, c.Events)
	queueReceipt(b, c.Receipt)
	queueRowChanges(b, r.ID, projection.Diff(c.Before, c.After, c.PlainValues))
}
