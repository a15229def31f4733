package postgres

import (
	"errors"
	"time"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet is designed for dot imports

	"github.com/procedo/procedo/adapters/postgres/gen/table"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/projection"
)

var (
	runs, steps, values, items = table.Runs, table.RunSteps, table.RunSlotValues, table.RunChecklistStates
	inapplicable               = table.RunInapplicableSlots
)

// Below are the columns of a run's rows. After each list of columns comes the function that scans them, in the same
// order. These functions return projection.ErrRows for invalid values.

var runColumns = ProjectionList{
	CAST(runs.ID).AS_TEXT(), runs.ProcedureID, runs.ProcedureVersion, runs.UserID, runs.Reference,
	CAST(runs.Metadata).AS_TEXT(), runs.State,
	runs.Revision, runs.Seq, runs.HeadHash, runs.CurrentStep, runs.FailureReason, runs.FailureAt, runs.FailureBy,
	runs.CreatedAt, runs.StartedAt, runs.UpdatedAt, runs.ClosedAt,
	runs.Refusals, runs.LastRefusal, CAST(runs.Divergences).AS_TEXT(), runs.LastEventAt, runs.Erased,
}

func scanRun(row storage.Scanner) (r projection.RunRow, err error) {
	var n storage.NullableRun
	var failed, started, closed *time.Time
	if err := row.Scan(
		&r.ID, &r.ProcedureID, &r.ProcedureVersion, &r.UserID, &r.Reference, &n.Metadata, &r.State,
		&r.Revision, &r.Head.Seq, &r.Head.Hash, &n.CurrentStep, &n.FailureReason, &failed, &n.FailureBy,
		&r.CreatedAt, &started, &r.UpdatedAt, &closed,
		&r.Refusals, &n.LastRefusal, &n.Divergences, &r.LastEventAt, &r.Erased,
	); err != nil {
		return r, err
	}
	r.CreatedAt, r.UpdatedAt, r.LastEventAt = r.CreatedAt.UTC(), r.UpdatedAt.UTC(), r.LastEventAt.UTC()
	r.StartedAt, r.ClosedAt, n.FailureAt = timeOrZero(started), timeOrZero(closed), timeOrZero(failed)
	r, err = storage.ReadRun(r, n)
	return r, errors.Join(err, checkTimes(started, closed, failed))
}

var stepColumns = ProjectionList{
	steps.StepKey, steps.Visit, steps.State, steps.Amended, steps.CommittedAt, steps.CommittedBy, steps.Reason,
}

// scanStep scans stepColumns and one more column: the name of an inapplicable slot of the visit, or NULL.
func scanStep(row storage.Scanner) (s projection.StepRow, slot *string, err error) {
	var by, reason *string
	var at *time.Time
	if err := row.Scan(&s.Step, &s.Visit, &s.State, &s.Amended, &at, &by, &reason, &slot); err != nil {
		return s, nil, err
	}
	s, err = storage.ReadStep(s, timeOrZero(at), by, reason)
	return s, slot, errors.Join(err, checkTimes(at))
}

var inapplicableColumns = ProjectionList{inapplicable.StepKey, inapplicable.Visit, inapplicable.SlotName}

func scanInapplicable(row storage.Scanner) (s projection.SlotRow, err error) {
	err = row.Scan(&s.Step, &s.Visit, &s.Slot)
	return s, err
}

// valueDate is the text of a date in the form 2006-01-02, whatever the session's DateStyle is.
var valueDate = RawString("to_char(run_slot_values.value_date::timestamp, 'YYYY-MM-DD')")

var valueColumns = ProjectionList{
	values.StepKey, values.Visit, values.SlotName, values.Ordinal,
	values.ValueText, CAST(values.ValueNumber).AS_TEXT(), values.ValueBoolean, valueDate,
	values.ValueTimestamp, values.Literal, values.Origin, values.Salt, values.Digest, values.Sealed,
	values.ErasedAt,
}

func scanValue(row storage.Scanner) (v projection.ValueRow, err error) {
	err = row.Scan(
		&v.Step, &v.Visit, &v.Slot, &v.Ordinal,
		&v.Text, &v.Number, &v.Boolean, &v.Date,
		&v.Timestamp, &v.Literal, &v.Origin, &v.Salt, &v.Digest, &v.Sealed, &v.ErasedAt,
	)
	if v.ErasedAt != nil {
		*v.ErasedAt = v.ErasedAt.UTC()
	}
	return v, err
}

var itemColumns = ProjectionList{
	items.StepKey, items.Visit, items.ItemKey, items.Completed, items.CompletedAt, items.CompletedBy,
}

func scanItem(row storage.Scanner) (i projection.ItemRow, err error) {
	var by *string
	var at *time.Time
	if err := row.Scan(&i.Step, &i.Visit, &i.Item, &i.Completed, &at, &by); err != nil {
		return i, err
	}
	i, err = storage.ReadItem(i, timeOrZero(at), by)
	return i, errors.Join(err, checkTimes(at))
}
