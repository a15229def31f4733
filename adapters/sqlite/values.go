package sqlite

import (
	"github.com/procedo/procedo/adapters/sqlite/gen/model"
	"github.com/procedo/procedo/core/projection"
)

// The rows of the core in SQLite's column types: numbers, dates and instants are TEXT, truth is 0 or 1.

func stepRows(runID string, rows []projection.StepRow) []model.RunSteps {
	all := make([]model.RunSteps, len(rows))
	for i, r := range rows {
		all[i] = model.RunSteps{
			RunID: runID, StepKey: r.Step, Visit: int64(r.Visit), State: string(r.State), Amended: integer(r.Amended),
			CommittedAt: optionalInstant(r.CommittedAt), CommittedBy: actorOf(r.CommittedBy, r.CommittedAt), Reason: nonEmpty(r.Reason),
		}
	}
	return all
}

func inapplicableRows(runID string, rows []projection.SlotRow) []model.RunInapplicableSlots {
	all := make([]model.RunInapplicableSlots, len(rows))
	for i, r := range rows {
		all[i] = model.RunInapplicableSlots{RunID: runID, StepKey: r.Step, Visit: int64(r.Visit), SlotName: r.Slot}
	}
	return all
}

func valueRows(runID string, rows []projection.ValueRow) []model.RunSlotValues {
	all := make([]model.RunSlotValues, len(rows))
	for i, r := range rows {
		all[i] = model.RunSlotValues{
			RunID: runID, StepKey: r.Step, Visit: int64(r.Visit), SlotName: r.Slot, Ordinal: int64(r.Ordinal), ValueText: r.Text, ValueNumber: r.Number,
			ValueDate: r.Date, Literal: r.Literal, Origin: r.Origin, Salt: r.Salt, Digest: r.Digest,
		}
		if r.ErasedAt != nil {
			since := instant(*r.ErasedAt)
			all[i].ErasedAt = &since
		}
		if r.Boolean != nil {
			truth := integer(*r.Boolean)
			all[i].ValueBoolean = &truth
		}
		if r.Timestamp != nil {
			moment := instant(*r.Timestamp)
			all[i].ValueTimestamp = &moment
		}
	}
	return all
}

func itemRows(runID string, rows []projection.ItemRow) []model.RunChecklistStates {
	all := make([]model.RunChecklistStates, len(rows))
	for i, r := range rows {
		all[i] = model.RunChecklistStates{
			RunID: runID, StepKey: r.Step, Visit: int64(r.Visit), ItemKey: r.Item, Completed: integer(r.Completed),
			CompletedAt: optionalInstant(r.At), CompletedBy: actorOf(r.By, r.At),
		}
	}
	return all
}

// valueRow reads a value's row back.
func valueRow(m model.RunSlotValues) (projection.ValueRow, error) {
	r := projection.ValueRow{
		SlotRow: projection.SlotRow{Step: m.StepKey, Visit: int(m.Visit), Slot: m.SlotName}, Ordinal: int(m.Ordinal), Text: m.ValueText, Number: m.ValueNumber,
		Date: m.ValueDate, Literal: m.Literal, Origin: m.Origin, Salt: m.Salt, Digest: m.Digest,
	}
	if m.ErasedAt != nil {
		at, err := parseInstant(*m.ErasedAt)
		if err != nil {
			return r, corrupt("slot %s: %w", m.SlotName, err)
		}
		r.ErasedAt = &at
	}
	if m.ValueBoolean != nil {
		value, err := truth(*m.ValueBoolean)
		if err != nil {
			return r, err
		}
		r.Boolean = &value
	}
	if m.ValueTimestamp != nil {
		at, err := parseInstant(*m.ValueTimestamp)
		if err != nil {
			return r, corrupt("slot %s: %w", m.SlotName, err)
		}
		r.Timestamp = &at
	}
	return r, nil
}
