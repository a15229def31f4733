package sqlite

import (
	"context"

	. "github.com/go-jet/jet/v2/sqlite" //nolint:staticcheck // go-jet is designed for dot imports
	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/projection"
)

// The statements that write the rows of a run's steps. Each column has a function that returns its value in a row.
var (
	deleteStep = prepare(steps.DELETE().
			WHERE(steps.RunID.EQ(textParam("run_id")).AND(steps.StepKey.EQ(textParam("step_key")))))

	upsertSteps = insertion[projection.StepRow]{
		into: steps, shared: ColumnList{steps.RunID}, columns: []column[projection.StepRow]{
			{steps.StepKey, func(r projection.StepRow) any { return r.Step }},
			{steps.Visit, func(r projection.StepRow) any { return r.Visit }},
			{steps.State, func(r projection.StepRow) any { return string(r.State) }},
			{steps.Amended, func(r projection.StepRow) any { return r.Amended }},
			{steps.CommittedAt, func(r projection.StepRow) any { return formatOptionalTime(r.CommittedAt) }},
			{steps.CommittedBy, func(r projection.StepRow) any {
				return storage.ActorOf(r.CommittedBy, r.CommittedAt)
			}},
			{steps.Reason, func(r projection.StepRow) any { return r.Reason }},
		},
		upsert: func(insert InsertStatement) InsertStatement {
			return insert.ON_CONFLICT(steps.RunID, steps.StepKey, steps.Visit).DO_UPDATE(SET(
				steps.State.SET(steps.EXCLUDED.State), steps.Amended.SET(steps.EXCLUDED.Amended),
				steps.CommittedAt.SET(steps.EXCLUDED.CommittedAt), steps.CommittedBy.SET(steps.EXCLUDED.CommittedBy),
				steps.Reason.SET(steps.EXCLUDED.Reason),
			))
		},
	}

	insertInapplicable = insertion[projection.SlotRow]{
		into: inapplicable, shared: ColumnList{inapplicable.RunID}, columns: []column[projection.SlotRow]{
			{inapplicable.StepKey, func(r projection.SlotRow) any { return r.Step }},
			{inapplicable.Visit, func(r projection.SlotRow) any { return r.Visit }},
			{inapplicable.SlotName, func(r projection.SlotRow) any { return r.Slot }},
		},
	}

	insertValues = insertion[projection.ValueRow]{
		into: values, shared: ColumnList{values.RunID}, columns: []column[projection.ValueRow]{
			{values.StepKey, func(r projection.ValueRow) any { return r.Step }},
			{values.Visit, func(r projection.ValueRow) any { return r.Visit }},
			{values.SlotName, func(r projection.ValueRow) any { return r.Slot }},
			{values.Ordinal, func(r projection.ValueRow) any { return r.Ordinal }},
			{values.ValueText, func(r projection.ValueRow) any { return r.Text }},
			{values.ValueNumber, func(r projection.ValueRow) any { return r.Number }},
			{values.ValueBoolean, func(r projection.ValueRow) any { return r.Boolean }},
			{values.ValueDate, func(r projection.ValueRow) any { return r.Date }},
			{values.ValueTimestamp, func(r projection.ValueRow) any { return formatTimePointer(r.Timestamp) }},
			{values.Literal, func(r projection.ValueRow) any { return r.Literal }},
			{values.Origin, func(r projection.ValueRow) any { return r.Origin }},
			{values.Salt, func(r projection.ValueRow) any { return r.Salt }},
			{values.Digest, func(r projection.ValueRow) any { return r.Digest }},
			{values.Sealed, func(r projection.ValueRow) any { return blob(r.Sealed) }},
			{values.ErasedAt, func(r projection.ValueRow) any { return formatTimePointer(r.ErasedAt) }},
		},
	}

	insertItems = insertion[projection.ItemRow]{
		into: items, shared: ColumnList{items.RunID}, columns: []column[projection.ItemRow]{
			{items.StepKey, func(r projection.ItemRow) any { return r.Step }},
			{items.Visit, func(r projection.ItemRow) any { return r.Visit }},
			{items.ItemKey, func(r projection.ItemRow) any { return r.Item }},
			{items.Completed, func(r projection.ItemRow) any { return r.Completed }},
			{items.CompletedAt, func(r projection.ItemRow) any { return formatOptionalTime(r.At) }},
			{items.CompletedBy, func(r projection.ItemRow) any { return storage.ActorOf(r.By, r.At) }},
		},
	}
)

// writeRows writes the changes to the rows of a run's steps. Each INSERT writes up to rowsPerStatement rows.
func writeRows(ctx context.Context, t tx, runID string, rows projection.Changes) error {
	shared := args{"run_id": runID}
	for _, key := range rows.DeletedSteps {
		if _, err := t.exec(ctx, deleteStep.Bind(args{"run_id": runID, "step_key": key})); err != nil {
			return err
		}
	}
	if err := upsertSteps.run(ctx, t, shared, rows.Steps); err != nil {
		return err
	}
	if err := deleteRows(ctx, t, runID, rows); err != nil {
		return err
	}
	if err := insertInapplicable.run(ctx, t, shared, rows.Inapplicable); err != nil {
		return err
	}
	if err := insertValues.run(ctx, t, shared, rows.Values); err != nil {
		return err
	}
	return insertItems.run(ctx, t, shared, rows.Items)
}

// The statements that delete slots or items of a visit.
var (
	deleteValues       = deleteByVisit(values, values.RunID, values.StepKey, values.Visit, values.SlotName)
	deleteItems        = deleteByVisit(items, items.RunID, items.StepKey, items.Visit, items.ItemKey)
	deleteInapplicable = deleteByVisit(
		inapplicable, inapplicable.RunID, inapplicable.StepKey, inapplicable.Visit, inapplicable.SlotName)
)

// deleteByVisit returns a statement that deletes the slots or items of a visit whose names are in a JSON array.
func deleteByVisit(
	table interface{ DELETE() DeleteStatement }, run, step ColumnString, number ColumnInteger, name ColumnString,
) storage.Statement {
	return prepare(table.DELETE().WHERE(
		run.EQ(textParam("run_id")).AND(step.EQ(textParam("step_key"))).AND(number.EQ(intParam("visit"))).
			AND(RawBool(storage.Named(name.Name() + " IN (SELECT value FROM json_each(#names))"))),
	))
}

// deleteRows deletes values, checklist items and inapplicable slots. It runs one statement for each visit and table.
// These are few, because nearly every change concerns a single visit.
func deleteRows(ctx context.Context, t tx, runID string, rows projection.Changes) error {
	ofSlot := func(r projection.SlotRow) (visit, string) { return visit{r.Step, r.Visit}, r.Slot }
	ofItem := func(r projection.ItemRow) (visit, string) { return visit{r.Step, r.Visit}, r.Item }
	for _, deletion := range []struct {
		statement storage.Statement
		names     map[visit][]string
	}{
		{deleteValues, byVisit(rows.DeletedValues, ofSlot)},
		{deleteItems, byVisit(rows.DeletedItems, ofItem)},
		{deleteInapplicable, byVisit(rows.DeletedInapplicable, ofSlot)},
	} {
		for at, names := range deletion.names {
			list, err := json.Marshal(names)
			if err != nil {
				return err
			}
			if _, err := t.exec(ctx, deletion.statement.Bind(args{
				"run_id": runID, "step_key": at.step, "visit": at.number, "names": string(list),
			})); err != nil {
				return err
			}
		}
	}
	return nil
}

// visit identifies a visit: the step and the number of the visit.
type visit struct {
	step   string
	number int
}

// byVisit groups the names of slots or items by visit. It calls keyOf to get the visit and the name in a row.
func byVisit[R any](rows []R, keyOf func(R) (visit, string)) map[visit][]string {
	groups := map[visit][]string{}
	for _, r := range rows {
		at, name := keyOf(r)
		groups[at] = append(groups[at], name)
	}
	return groups
}
