package postgres

import (
	"slices"
	"time"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet is designed for dot imports

	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
)

// The statements that write the rows of the steps of runs. Each column has a function that returns its value in a row.
var (
	deleteSteps = deleteOwned(
		func(w *runWrite) []string { return w.Rows.DeletedSteps }, steps,
		columnOf(steps.StepKey, "text[]", func(key *string) string { return *key }),
	)

	// The database allows a run one open step, so the steps that are closed come in an earlier statement.
	upsertClosedSteps = upsertSteps(func(w *runWrite) []projection.StepRow { return w.Rows.Steps[:closedSteps(w)] })
	upsertOpenSteps   = upsertSteps(func(w *runWrite) []projection.StepRow { return w.Rows.Steps[closedSteps(w):] })

	deleteValues = deleteOwned(
		func(w *runWrite) []projection.SlotRow { return w.Rows.DeletedValues }, values,
		slotColumns(values.StepKey, values.Visit, values.SlotName)...,
	)

	deleteItems = deleteOwned(
		func(w *runWrite) []projection.ItemRow { return w.Rows.DeletedItems }, items,
		columnOf(items.StepKey, "text[]", func(r *projection.ItemRow) string { return r.Step }),
		columnOf(items.Visit, "int[]", func(r *projection.ItemRow) int { return r.Visit }),
		columnOf(items.ItemKey, "text[]", func(r *projection.ItemRow) string { return r.Item }),
	)

	inapplicableSlots  = slotColumns(inapplicable.StepKey, inapplicable.Visit, inapplicable.SlotName)
	deleteInapplicable = deleteOwned(
		func(w *runWrite) []projection.SlotRow { return w.Rows.DeletedInapplicable }, inapplicable,
		inapplicableSlots...,
	)
	insertInapplicable = insertOwned(
		func(w *runWrite) []projection.SlotRow { return w.Rows.Inapplicable }, inapplicable, "", inapplicableSlots...,
	)

	insertValues = insertOwned(
		func(w *runWrite) []projection.ValueRow { return w.Rows.Values }, values, "",
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
		columnOf(values.Sealed, "bytea[]", func(r *projection.ValueRow) []byte { return r.Sealed }),
		columnOf(values.ErasedAt, "timestamptz[]", func(r *projection.ValueRow) *time.Time { return r.ErasedAt }),
	)

	insertItems = insertOwned(
		func(w *runWrite) []projection.ItemRow { return w.Rows.Items }, items, "",
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

// closedSteps returns the number of steps of a change that are not open. Of the steps, the open one comes last.
func closedSteps(w *runWrite) int {
	isOpen := func(s projection.StepRow) bool { return s.State == run.Open }
	if i := slices.IndexFunc(w.Rows.Steps, isOpen); i >= 0 {
		return i
	}
	return len(w.Rows.Steps)
}

func upsertSteps(rows func(*runWrite) []projection.StepRow) *groupStatement {
	return insertOwned(rows, steps,
		upsert(ColumnList{steps.RunID, steps.StepKey, steps.Visit},
			steps.State, steps.Amended, steps.CommittedAt, steps.CommittedBy, steps.Reason),
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
	)
}

// slotColumns returns the columns that identify a slot of a visit.
func slotColumns(step, visit, slot Column) []column[projection.SlotRow] {
	return []column[projection.SlotRow]{
		columnOf(step, "text[]", func(r *projection.SlotRow) string { return r.Step }),
		columnOf(visit, "int[]", func(r *projection.SlotRow) int { return r.Visit }),
		columnOf(slot, "text[]", func(r *projection.SlotRow) string { return r.Slot }),
	}
}
