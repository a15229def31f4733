package postgres

import (
	"context"
	"time"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet's language is meant to be read bare
	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/postgres/gen/table"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/projection"
)

var (
	runs, steps, values, items, inapplicable = table.Runs, table.RunSteps, table.RunSlotValues, table.RunChecklistStates, table.RunInapplicableSlots

	insertRun = fixed(runs.INSERT(runs.ID, runs.ProcedureID, runs.ProcedureVersion, runs.UserID, runs.Reference, runs.Metadata, runs.State, runs.Revision, runs.Seq,
		runs.HeadHash, runs.CurrentStep, runs.FailureReason, runs.FailureAt, runs.FailureBy, runs.CreatedAt, runs.StartedAt, runs.UpdatedAt, runs.ClosedAt).
		QUERY(RawStatement("VALUES ($1, $2, $3, $4, $5, $6::text::json, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)")))
	updateRun = fixed(runs.UPDATE(runs.State, runs.Revision, runs.Seq, runs.HeadHash, runs.CurrentStep, runs.FailureReason, runs.FailureAt, runs.FailureBy,
		runs.StartedAt, runs.UpdatedAt, runs.ClosedAt).
		SET("", 0, 0, "", "", "", time.Time{}, "", time.Time{}, time.Time{}, time.Time{}).
		WHERE(runs.ID.EQ(theRun).AND(runs.Seq.EQ(Int(0))).AND(runs.HeadHash.EQ(String("")))))
	// followed fails, by a division by zero, where the run does not end as the change leaves it: a batch looks at no counts.
	followed    = fixed(SELECT(Int(1).DIV(COUNT(STAR))).FROM(runs).WHERE(runs.ID.EQ(theRun).AND(runs.Seq.EQ(Int(0))).AND(runs.HeadHash.EQ(String("")))))
	deleteSteps = fixed(steps.DELETE().WHERE(steps.RunID.EQ(theRun).AND(RawBool("step_key = ANY($2::text[])"))))
	writeSteps  = fixed(insertRows(steps, ColumnList{steps.RunID},
		array{steps.StepKey, "text[]"}, array{steps.Visit, "int[]"}, array{steps.State, "text[]"}, array{steps.Amended, "bool[]"},
		array{steps.CommittedAt, "timestamptz[]"}, array{steps.CommittedBy, "text[]"}, array{steps.Reason, "text[]"}).
		ON_CONFLICT(steps.RunID, steps.StepKey, steps.Visit).DO_UPDATE(SET(
		steps.State.SET(steps.EXCLUDED.State), steps.Amended.SET(steps.EXCLUDED.Amended), steps.CommittedAt.SET(steps.EXCLUDED.CommittedAt),
		steps.CommittedBy.SET(steps.EXCLUDED.CommittedBy), steps.Reason.SET(steps.EXCLUDED.Reason))))
	deleteValues = fixed(values.DELETE().WHERE(values.RunID.EQ(theRun).
			AND(listed(2, []string{"step_key", "visit", "slot_name"}, "text[]", "int[]", "text[]"))))
	deleteItems = fixed(items.DELETE().WHERE(items.RunID.EQ(theRun).
			AND(listed(2, []string{"step_key", "visit", "item_key"}, "text[]", "int[]", "text[]"))))
	insertInapplicable = fixed(insertRows(inapplicable, ColumnList{inapplicable.RunID},
		array{inapplicable.StepKey, "text[]"}, array{inapplicable.Visit, "int[]"}, array{inapplicable.SlotName, "text[]"}))
	insertValues = fixed(insertRows(values, ColumnList{values.RunID},
		array{values.StepKey, "text[]"}, array{values.Visit, "int[]"}, array{values.SlotName, "text[]"}, array{values.Ordinal, "int[]"},
		array{values.ValueText, "text[]"}, array{values.ValueNumber, "text[]::numeric[]"}, array{values.ValueBoolean, "bool[]"},
		array{values.ValueDate, "text[]::date[]"}, array{values.ValueTimestamp, "timestamptz[]"}, array{values.Literal, "text[]"},
		array{values.Origin, "text[]"}, array{values.Salt, "text[]"}, array{values.Digest, "text[]"},
		array{values.ErasedAt, "timestamptz[]"}))
	insertItemStates = fixed(insertRows(items, ColumnList{items.RunID},
		array{items.StepKey, "text[]"}, array{items.Visit, "int[]"}, array{items.ItemKey, "text[]"}, array{items.Completed, "bool[]"},
		array{items.CompletedAt, "timestamptz[]"}, array{items.CompletedBy, "text[]"}))
)

// Append writes a change whole or not at all, in one round trip. Whoever was overtaken finds the seq of their first event taken, and
// whoever believes in another chain than the stored one finds that the run does not end where they left it: both take everything back.
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
		b.Queue(updateRun, string(r.State), r.Revision, r.Seq, head.Hash, nonEmpty(r.CurrentKey()), reason, failed, by,
			moment(r.StartedAt), r.UpdatedAt, moment(r.ClosedAt), r.ID, c.Before.Seq, c.PrevHash())
		b.Queue(followed, 1, r.ID, r.Seq, head.Hash)
	}
	queueEvents(b, c.Events)
	queueReceipt(b, c.Receipt)
	queueRows(b, r.ID, projection.Diff(c.Before, c.After, c.PlainValues))
}

func queueRows(b *pgx.Batch, id string, w projection.Changes) {
	if len(w.DeletedSteps) > 0 {
		b.Queue(deleteSteps, id, w.DeletedSteps)
	}
	if len(w.Steps) > 0 {
		type row = projection.StepRow
		b.Queue(writeSteps, id, column(w.Steps, func(s *row) string { return s.Step }), column(w.Steps, func(s *row) int { return s.Visit }),
			column(w.Steps, func(s *row) string { return string(s.State) }), column(w.Steps, func(s *row) bool { return s.Amended }),
			column(w.Steps, func(s *row) *time.Time { return moment(s.CommittedAt) }), column(w.Steps, func(s *row) *string { return actorOf(s.CommittedBy, s.CommittedAt) }),
			column(w.Steps, func(s *row) *string { return nonEmpty(s.Reason) }))
	}
	queueSlotRows(b, deleteValues, id, w.DeletedValues)
	if len(w.DeletedItems) > 0 {
		type row = projection.ItemRow
		b.Queue(deleteItems, id, column(w.DeletedItems, func(i *row) string { return i.Step }), column(w.DeletedItems, func(i *row) int { return i.Visit }),
			column(w.DeletedItems, func(i *row) string { return i.Item }))
	}
	queueSlotRows(b, insertInapplicable, id, w.Inapplicable)
	queueValues(b, id, w.Values)
	if len(w.Items) > 0 {
		type row = projection.ItemRow
		b.Queue(insertItemStates, id, column(w.Items, func(i *row) string { return i.Step }), column(w.Items, func(i *row) int { return i.Visit }),
			column(w.Items, func(i *row) string { return i.Item }), column(w.Items, func(i *row) bool { return i.Completed }),
			column(w.Items, func(i *row) *time.Time { return moment(i.At) }), column(w.Items, func(i *row) *string { return actorOf(i.By, i.At) }))
	}
}

func queueSlotRows(b *pgx.Batch, statement, id string, rows []projection.SlotRow) {
	if len(rows) == 0 {
		return
	}
	type row = projection.SlotRow
	b.Queue(statement, id, column(rows, func(s *row) string { return s.Step }), column(rows, func(s *row) int { return s.Visit }), column(rows, func(s *row) string { return s.Slot }))
}

func queueValues(b *pgx.Batch, id string, rows []projection.ValueRow) {
	if len(rows) == 0 {
		return
	}
	type row = projection.ValueRow
	b.Queue(insertValues, id, column(rows, func(v *row) string { return v.Step }), column(rows, func(v *row) int { return v.Visit }),
		column(rows, func(v *row) string { return v.Slot }), column(rows, func(v *row) int { return v.Ordinal }),
		column(rows, func(v *row) *string { return v.Text }), column(rows, func(v *row) *string { return v.Number }), column(rows, func(v *row) *bool { return v.Boolean }),
		column(rows, func(v *row) *string { return v.Date }), column(rows, func(v *row) *time.Time { return v.Timestamp }), column(rows, func(v *row) *string { return v.Literal }),
		column(rows, func(v *row) string { return v.Origin }), column(rows, func(v *row) *string { return v.Salt }), column(rows, func(v *row) *string { return v.Digest }),
		column(rows, func(v *row) *time.Time { return v.ErasedAt }))
}
