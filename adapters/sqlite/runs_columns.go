package sqlite

import (
	"errors"

	. "github.com/go-jet/jet/v2/sqlite" //nolint:staticcheck // go-jet is designed for dot imports

	"github.com/procedo/procedo/adapters/sqlite/gen/model"
	"github.com/procedo/procedo/adapters/sqlite/gen/table"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
)

var (
	runs, steps, values, items = table.Runs, table.RunSteps, table.RunSlotValues, table.RunChecklistStates
	inapplicable               = table.RunInapplicableSlots
)

// Below are the columns of a run's rows. After each list of columns comes the function that scans them, in the same
// order. These functions return projection.ErrRows for invalid values.

var runColumns = ProjectionList{
	runs.ID, runs.ProcedureID, runs.ProcedureVersion, runs.UserID, runs.Reference, runs.Metadata, runs.State,
	runs.Revision, runs.Seq, runs.HeadHash, runs.CurrentStep, runs.FailureReason, runs.FailureAt, runs.FailureBy,
	runs.CreatedAt, runs.StartedAt, runs.UpdatedAt, runs.ClosedAt,
	runs.Refusals, runs.LastRefusal, runs.Divergences, runs.LastEventAt, runs.Erased,
}

func scanRun(row storage.Scanner) (projection.RunRow, error) {
	var m model.Runs
	if err := row.Scan(
		&m.ID, &m.ProcedureID, &m.ProcedureVersion, &m.UserID, &m.Reference, &m.Metadata, &m.State,
		&m.Revision, &m.Seq, &m.HeadHash, &m.CurrentStep, &m.FailureReason, &m.FailureAt, &m.FailureBy,
		&m.CreatedAt, &m.StartedAt, &m.UpdatedAt, &m.ClosedAt,
		&m.Refusals, &m.LastRefusal, &m.Divergences, &m.LastEventAt, &m.Erased,
	); err != nil {
		return projection.RunRow{}, err
	}
	r := projection.RunRow{
		ID: m.ID, ProcedureID: m.ProcedureID, ProcedureVersion: int(m.ProcedureVersion),
		UserID: m.UserID, Reference: m.Reference, State: run.State(m.State),
		Revision: m.Revision, Head: audit.Head{Seq: m.Seq, Hash: m.HeadHash}, Refusals: int(m.Refusals),
		Erased: m.Erased,
	}
	n := storage.NullableRun{
		Metadata: m.Metadata, CurrentStep: m.CurrentStep, FailureReason: m.FailureReason, FailureBy: m.FailureBy,
		LastRefusal: m.LastRefusal, Divergences: m.Divergences,
	}
	errs := make([]error, 7)
	r.CreatedAt, errs[0] = parseTime(m.CreatedAt)
	r.StartedAt, errs[1] = parseOptionalTime(m.StartedAt)
	r.UpdatedAt, errs[2] = parseTime(m.UpdatedAt)
	r.ClosedAt, errs[3] = parseOptionalTime(m.ClosedAt)
	n.FailureAt, errs[4] = parseOptionalTime(m.FailureAt)
	r.LastEventAt, errs[5] = parseTime(m.LastEventAt)
	r, errs[6] = storage.ReadRun(r, n)
	return r, errors.Join(errs...)
}

var stepColumns = ProjectionList{
	steps.StepKey, steps.Visit, steps.State, steps.Amended, steps.CommittedAt, steps.CommittedBy, steps.Reason,
}

// scanStep scans stepColumns and one more column: the name of an inapplicable slot of the visit, or NULL.
func scanStep(row storage.Scanner) (projection.StepRow, *string, error) {
	var m model.RunSteps
	var slot *string
	if err := row.Scan(
		&m.StepKey, &m.Visit, &m.State, &m.Amended, &m.CommittedAt, &m.CommittedBy, &m.Reason, &slot,
	); err != nil {
		return projection.StepRow{}, nil, err
	}
	at, badTime := parseOptionalTime(m.CommittedAt)
	amended, badBool := parseBool(m.Amended)
	s, err := storage.ReadStep(projection.StepRow{
		Step: m.StepKey, Visit: int(m.Visit), State: run.StepState(m.State), Amended: amended,
	}, at, m.CommittedBy, m.Reason)
	return s, slot, errors.Join(badTime, badBool, err)
}

var inapplicableColumns = ProjectionList{inapplicable.StepKey, inapplicable.Visit, inapplicable.SlotName}

func scanInapplicable(row storage.Scanner) (s projection.SlotRow, err error) {
	var visit int64
	err = row.Scan(&s.Step, &visit, &s.Slot)
	s.Visit = int(visit)
	return s, err
}

var valueColumns = ProjectionList{
	values.StepKey, values.Visit, values.SlotName, values.Ordinal,
	values.ValueText, values.ValueNumber, values.ValueBoolean, values.ValueDate, values.ValueTimestamp,
	values.Literal, values.Origin, values.Salt, values.Digest, values.Sealed, values.ErasedAt,
}

func scanValue(row storage.Scanner) (projection.ValueRow, error) {
	var m model.RunSlotValues
	if err := row.Scan(
		&m.StepKey, &m.Visit, &m.SlotName, &m.Ordinal,
		&m.ValueText, &m.ValueNumber, &m.ValueBoolean, &m.ValueDate, &m.ValueTimestamp,
		&m.Literal, &m.Origin, &m.Salt, &m.Digest, &m.Sealed, &m.ErasedAt,
	); err != nil {
		return projection.ValueRow{}, err
	}
	v := projection.ValueRow{
		SlotRow: projection.SlotRow{Step: m.StepKey, Visit: int(m.Visit), Slot: m.SlotName}, Ordinal: int(m.Ordinal),
		Text: m.ValueText, Number: m.ValueNumber, Date: m.ValueDate, Literal: m.Literal, Origin: m.Origin,
		Salt: m.Salt, Digest: m.Digest,
	}
	if m.Sealed != nil {
		v.Sealed = *m.Sealed
	}
	var badBool, badTimestamp, badErased error
	if m.ValueBoolean != nil {
		var value bool
		value, badBool = parseBool(*m.ValueBoolean)
		v.Boolean = &value
	}
	v.Timestamp, badTimestamp = parseTimePointer(m.ValueTimestamp)
	v.ErasedAt, badErased = parseTimePointer(m.ErasedAt)
	if err := errors.Join(badBool, badTimestamp, badErased); err != nil {
		return v, storage.Corrupt("slot %s: %w", v.Slot, err)
	}
	return v, nil
}

var itemColumns = ProjectionList{
	items.StepKey, items.Visit, items.ItemKey, items.Completed, items.CompletedAt, items.CompletedBy,
}

func scanItem(row storage.Scanner) (projection.ItemRow, error) {
	var m model.RunChecklistStates
	if err := row.Scan(
		&m.StepKey, &m.Visit, &m.ItemKey, &m.Completed, &m.CompletedAt, &m.CompletedBy,
	); err != nil {
		return projection.ItemRow{}, err
	}
	at, badTime := parseOptionalTime(m.CompletedAt)
	completed, badBool := parseBool(m.Completed)
	i, err := storage.ReadItem(projection.ItemRow{
		Step: m.StepKey, Visit: int(m.Visit), Item: m.ItemKey, Completed: completed,
	}, at, m.CompletedBy)
	return i, errors.Join(badTime, badBool, err)
}
