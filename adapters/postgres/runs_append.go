package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/run"
)

// Each table takes all its rows of a change from arrays: the texts never change, however many slots a step has.
const (
	insertRun = `INSERT INTO runs (id, procedure_id, procedure_version, user_id, reference, metadata, state, revision, seq, head_hash, current_step,
  failure_reason, failure_at, failure_by, created_at, started_at, updated_at, closed_at)
VALUES ($1, $2, $3, $4, $5, $6::text::json, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`
	updateRun = `UPDATE runs SET state = $2, revision = $3, seq = $4, head_hash = $5, current_step = $6, failure_reason = $7, failure_at = $8, failure_by = $9,
  started_at = $10, updated_at = $11, closed_at = $12 WHERE id = $1 AND seq = $13`
	deleteSteps = `DELETE FROM run_steps WHERE run_id = $1 AND step_key = ANY($2::text[])`
	writeSteps  = `INSERT INTO run_steps (run_id, step_key, visit, state, amended, committed_at, committed_by, reason)
SELECT $1, * FROM unnest($2::text[], $3::int[], $4::text[], $5::bool[], $6::timestamptz[], $7::text[], $8::text[])
ON CONFLICT (run_id, step_key, visit) DO UPDATE SET state = excluded.state, amended = excluded.amended, committed_at = excluded.committed_at,
  committed_by = excluded.committed_by, reason = excluded.reason`
	deleteValues = `DELETE FROM run_slot_values v USING unnest($2::text[], $3::int[], $4::text[]) AS gone (step_key, visit, slot_name)
WHERE v.run_id = $1 AND v.step_key = gone.step_key AND v.visit = gone.visit AND v.slot_name = gone.slot_name`
	deleteItems = `DELETE FROM run_checklist_states i USING unnest($2::text[], $3::int[], $4::text[]) AS gone (step_key, visit, item_key)
WHERE i.run_id = $1 AND i.step_key = gone.step_key AND i.visit = gone.visit AND i.item_key = gone.item_key`
	insertInapplicable = `INSERT INTO run_inapplicable_slots (run_id, step_key, visit, slot_name)
SELECT $1, * FROM unnest($2::text[], $3::int[], $4::text[])`
	insertValues = `INSERT INTO run_slot_values (run_id, step_key, visit, slot_name, ordinal, value_text, value_number, value_boolean, value_date, value_timestamp,
  literal, origin, salt, digest)
SELECT $1, * FROM unnest($2::text[], $3::int[], $4::text[], $5::int[], $6::text[], $7::text[]::numeric[], $8::bool[], $9::text[]::date[], $10::timestamptz[],
  $11::text[], $12::text[], $13::text[], $14::text[])`
	insertItemStates = `INSERT INTO run_checklist_states (run_id, step_key, visit, item_key, completed, completed_at, completed_by)
SELECT $1, * FROM unnest($2::text[], $3::int[], $4::text[], $5::bool[], $6::timestamptz[], $7::text[])`
)

// Append writes a change whole or not at all, in one round trip. Whoever was overtaken finds the run's row moved, or the
// seq of their first event taken: both take everything back.
func (s Runs) Append(ctx context.Context, c app.RunChange) error {
	var b pgx.Batch
	queueRun(&b, c)
	return translate(s.DB.send(ctx, &b))
}

// Exclusively lets decide make a change while nobody else can write the run.
func (s Runs) Exclusively(ctx context.Context, id string, decide func(app.RunRecord) (*app.RunChange, error)) error {
	if !isRunID(id) {
		return errNotFound
	}
	tx, err := s.DB.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}) // the row is read as it is once the lock is had
	if err != nil {
		return translate(err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // after Commit there is nothing to take back
	if _, err := tx.Exec(ctx, lockRun, id); err != nil {
		return translate(err)
	}
	var stored storedRun
	var reads pgx.Batch
	stored.queue(&reads, readRun, id)
	if err := tx.SendBatch(ctx, &reads).Close(); err != nil {
		return translate(err)
	}
	if !stored.found {
		return errNotFound
	}
	rec, err := s.assemble(ctx, stored)
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

// queueRun writes a change: the run's own row first, so that writers of one run wait for each other there.
func queueRun(b *pgx.Batch, c app.RunChange) {
	r, head := c.After, c.Head()
	var reason, by *string
	var failed *time.Time
	if f := r.Failure; f != nil {
		reason, by, failed = &f.Reason, &f.By, moment(f.At)
	}
	if c.Before.Seq == 0 {
		b.Queue(insertRun, r.ID, r.Version.ID, r.Version.Number, r.UserID, r.Reference, metadataColumn(r.Metadata), string(r.State), r.Revision, r.Seq, head.Hash,
			nonEmpty(r.CurrentKey()), reason, failed, by, r.CreatedAt, moment(r.StartedAt), r.UpdatedAt, moment(r.ClosedAt))
	} else {
		b.Queue(updateRun, r.ID, string(r.State), r.Revision, r.Seq, head.Hash, nonEmpty(r.CurrentKey()), reason, failed, by,
			moment(r.StartedAt), r.UpdatedAt, moment(r.ClosedAt), c.Before.Seq)
	}
	queueEvents(b, c.Events)
	queueReceipt(b, c.Receipt)
	queueRows(b, r.ID, run.Written(c.Before, c.After, c.Secrets))
}

func queueRows(b *pgx.Batch, id string, w run.Writes) {
	if len(w.Gone) > 0 {
		b.Queue(deleteSteps, id, w.Gone)
	}
	if len(w.Steps) > 0 {
		type row = run.StepRow
		b.Queue(writeSteps, id, column(w.Steps, func(s *row) string { return s.Step }), column(w.Steps, func(s *row) int { return s.Visit }),
			column(w.Steps, func(s *row) string { return string(s.State) }), column(w.Steps, func(s *row) bool { return s.Amended }),
			column(w.Steps, func(s *row) *time.Time { return moment(s.CommittedAt) }), column(w.Steps, func(s *row) *string { return actorOf(s.CommittedBy, s.CommittedAt) }),
			column(w.Steps, func(s *row) *string { return nonEmpty(s.Reason) }))
	}
	queueSlotRows(b, deleteValues, id, w.GoneValues)
	if len(w.GoneItems) > 0 {
		type row = run.ItemRow
		b.Queue(deleteItems, id, column(w.GoneItems, func(i *row) string { return i.Step }), column(w.GoneItems, func(i *row) int { return i.Visit }),
			column(w.GoneItems, func(i *row) string { return i.Item }))
	}
	queueSlotRows(b, insertInapplicable, id, w.Inapplicable)
	queueValues(b, id, w.Values)
	if len(w.Items) > 0 {
		type row = run.ItemRow
		b.Queue(insertItemStates, id, column(w.Items, func(i *row) string { return i.Step }), column(w.Items, func(i *row) int { return i.Visit }),
			column(w.Items, func(i *row) string { return i.Item }), column(w.Items, func(i *row) bool { return i.Completed }),
			column(w.Items, func(i *row) *time.Time { return moment(i.At) }), column(w.Items, func(i *row) *string { return actorOf(i.By, i.At) }))
	}
}

func queueSlotRows(b *pgx.Batch, statement, id string, rows []run.SlotRow) {
	if len(rows) == 0 {
		return
	}
	type row = run.SlotRow
	b.Queue(statement, id, column(rows, func(s *row) string { return s.Step }), column(rows, func(s *row) int { return s.Visit }), column(rows, func(s *row) string { return s.Slot }))
}

func queueValues(b *pgx.Batch, id string, rows []run.ValueRow) {
	if len(rows) == 0 {
		return
	}
	type row = run.ValueRow
	b.Queue(insertValues, id, column(rows, func(v *row) string { return v.Step }), column(rows, func(v *row) int { return v.Visit }),
		column(rows, func(v *row) string { return v.Slot }), column(rows, func(v *row) int { return v.Ordinal }),
		column(rows, func(v *row) *string { return v.Text }), column(rows, func(v *row) *string { return v.Number }), column(rows, func(v *row) *bool { return v.Boolean }),
		column(rows, func(v *row) *string { return v.Date }), column(rows, func(v *row) *time.Time { return v.Timestamp }), column(rows, func(v *row) *string { return v.Literal }),
		column(rows, func(v *row) string { return v.Origin }), column(rows, func(v *row) *string { return v.Salt }), column(rows, func(v *row) *string { return v.Digest }))
}
