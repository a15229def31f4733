package postgres

import (
	"time"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet is designed for dot imports
	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/projection"
)

// The statements that write the rows of a run's steps. Each column has a function that returns its value in a row.
var (
	deleteSteps = prepare(steps.DELETE().
			WHERE(steps.RunID.EQ(textParam("run_id")).
				AND(RawBool(storage.Named("step_key = ANY(#step_keys::text[])")))))

	upsertSteps = func() bulk[projection.StepRow] {
		columns := []column[projection.StepRow]{
			columnOf(steps.StepKey, "text[]", func(r *projection.StepRow) string { return r.Step }),
			columnOf(steps.Visit, "int[]", func(r *projection.StepRow) int { return r.Visit }),
			columnOf(steps.State, "text[]", func(r *projection.StepRow) string { return string(r.State) }),
			columnOf(steps.Amended, "bool[]", func(r *projection.StepRow) bool { return r.Amended }),
			columnOf(steps.CommittedAt, "timestamptz[]", func(r *projection.StepRow) *time.Time {
				return optionalTime(r.CommittedAt)
			}),
			columnOf(steps.CommittedBy, "text[]", func(r *projection.StepRow) *string {
				return storage.ActorOf(r.CommittedBy, r.CommittedAt)
			}),
			columnOf(steps.Reason, "text[]", func(r *projection.StepRow) *string { return r.Reason }),
		}
		return bulk[projection.StepRow]{columns: columns, statement: prepare(
			bulkInsert(steps, ColumnList{steps.RunID}, columns...).
				ON_CONFLICT(steps.RunID, steps.StepKey, steps.Visit).DO_UPDATE(SET(
				steps.State.SET(steps.EXCLUDED.State), steps.Amended.SET(steps.EXCLUDED.Amended),
				steps.CommittedAt.SET(steps.EXCLUDED.CommittedAt), steps.CommittedBy.SET(steps.EXCLUDED.CommittedBy),
				steps.Reason.SET(steps.EXCLUDED.Reason),
			)),
		)}
	}()

	deleteValues = deleteBulk(values, values.RunID,
		columnOf(values.StepKey, "text[]", func(r *projection.SlotRow) string { return r.Step }),
		columnOf(values.Visit, "int[]", func(r *projection.SlotRow) int { return r.Visit }),
		columnOf(values.SlotName, "text[]", func(r *projection.SlotRow) string { return r.Slot }),
	)

	deleteItems = deleteBulk(items, items.RunID,
		columnOf(items.StepKey, "text[]", func(r *projection.ItemRow) string { return r.Step }),
		columnOf(items.Visit, "int[]", func(r *projection.ItemRow) int { return r.Visit }),
		columnOf(items.ItemKey, "text[]", func(r *projection.ItemRow) string { return r.Item }),
	)

	deleteInapplicable = deleteBulk(inapplicable, inapplicable.RunID,
		columnOf(inapplicable.StepKey, "text[]", func(r *projection.SlotRow) string { return r.Step }),
		columnOf(inapplicable.Visit, "int[]", func(r *projection.SlotRow) int { return r.Visit }),
		columnOf(inapplicable.SlotName, "text[]", func(r *projection.SlotRow) string { return r.Slot }),
	)

	insertInapplicable = insertBulk(inapplicable, ColumnList{inapplicable.RunID},
		columnOf(inapplicable.StepKey, "text[]", func(r *projection.SlotRow) string { return r.Step }),
		columnOf(inapplicable.Visit, "int[]", func(r *projection.SlotRow) int { return r.Visit }),
		columnOf(inapplicable.SlotName, "text[]", func(r *projection.SlotRow) string { return r.Slot }),
	)

	insertValues = insertBulk(values, ColumnList{values.RunID},
		columnOf(values.StepKey, "text[]", func(r *projection.ValueRow) string { return r.Step }),
		columnOf(values.Visit, "int[]", func(r *projection.ValueRow) int { return r.Visit }),
		columnOf(values.SlotName, "text[]", func(r *projection.ValueRow) string { return r.Slot }),
		columnOf(values.Ordinal, "int[]", func(r *projection.ValueRow) int { return r.Ordinal }),
		columnOf(values.ValueText, "text[]", func(r *projection.ValueRow) *string { return r.Text }),
		columnOf(values.ValueNumber, "text[]::numeric[]", func(r *projection.ValueRow) *string { return r.Number }),
		columnOf(values.ValueBoolean, "bool[]", func(r *projection.ValueRow) *bool { return r.Boolean }),
		columnOf(values.ValueDate, "text[]::date[]", func(r *projection.ValueRow) *string { return r.Date }),
		columnOf(values.ValueTimestamp, "timestamptz[]", func(r *projection.ValueRow) *time.Time {
			return r.Timestamp
		}),
		columnOf(values.Literal, "text[]", func(r *projection.ValueRow) *string { return r.Literal }),
		columnOf(values.Origin, "text[]", func(r *projection.ValueRow) string { return r.Origin }),
		columnOf(values.Salt, "text[]", func(r *projection.ValueRow) *string { return r.Salt }),
		columnOf(values.Digest, "text[]", func(r *projection.ValueRow) *string { return r.Digest }),
		columnOf(values.ErasedAt, "timestamptz[]", func(r *projection.ValueRow) *time.Time { return r.ErasedAt }),
	)

	insertItems = insertBulk(items, ColumnList{items.RunID},
		columnOf(items.StepKey, "text[]", func(r *projection.ItemRow) string { return r.Step }),
		columnOf(items.Visit, "int[]", func(r *projection.ItemRow) int { return r.Visit }),
		columnOf(items.ItemKey, "text[]", func(r *projection.ItemRow) string { return r.Item }),
		columnOf(items.Completed, "bool[]", func(r *projection.ItemRow) bool { return r.Completed }),
		columnOf(items.CompletedAt, "timestamptz[]", func(r *projection.ItemRow) *time.Time {
			return optionalTime(r.At)
		}),
		columnOf(items.CompletedBy, "text[]", func(r *projection.ItemRow) *string {
			return storage.ActorOf(r.By, r.At)
		}),
	)
)

// queueRowChanges adds to a batch the statements that change the rows of a run's steps: at most eight.
func queueRowChanges(b *pgx.Batch, runID string, changes projection.Changes) {
	shared := args{"run_id": runID}
	if len(changes.DeletedSteps) > 0 {
		queue(b, deleteSteps.Bind(args{"run_id": runID, "step_keys": changes.DeletedSteps}))
	}
	upsertSteps.queue(b, shared, changes.Steps)
	deleteValues.queue(b, shared, changes.DeletedValues)
	deleteItems.queue(b, shared, changes.DeletedItems)
	deleteInapplicable.queue(b, shared, changes.DeletedInapplicable)
	insertInapplicable.queue(b, shared, changes.Inapplicable)
	insertValues.queue(b, shared, changes.Values)
	insertItems.queue(b, shared, changes.Items)
}
