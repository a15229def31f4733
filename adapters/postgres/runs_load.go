package postgres

import (
	"context"
	"errors"
	"slices"
	"time"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet's language is meant to be read bare
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/postgres/gen/table"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
)

// Runs stores runs: app.Runs and app.RunList.
type Runs struct {
	DB          *DB
	Definitions app.Definitions
}

// A run's rows are read by its id alone, each table in the order of its key.
var (
	runColumns = ProjectionList{
		CAST(table.Runs.ID).AS_TEXT(), table.Runs.ProcedureID, table.Runs.ProcedureVersion, table.Runs.UserID, table.Runs.Reference,
		CAST(table.Runs.Metadata).AS_TEXT(), table.Runs.State, table.Runs.Revision, table.Runs.Seq, table.Runs.HeadHash, table.Runs.CurrentStep,
		table.Runs.FailureReason, table.Runs.FailureAt, table.Runs.FailureBy, table.Runs.CreatedAt, table.Runs.StartedAt, table.Runs.UpdatedAt, table.Runs.ClosedAt,
	}
	theRun     = UUID(uuid.Nil)
	readRun    = fixed(selectRun())
	readHead   = fixed(SELECT(table.Runs.Seq, table.Runs.HeadHash).FROM(table.Runs).WHERE(table.Runs.ID.EQ(theRun)))
	readSeqs   = fixed(SELECT(CAST(table.Runs.ID).AS_TEXT(), table.Runs.Seq).FROM(table.Runs).WHERE(RawBool("runs.id = ANY($1::uuid[])")))
	lockRun    = fixed(selectRun().FOR(UPDATE()))
	readSteps  = fixed(selectSteps(table.RunSteps.RunID.EQ(theRun)))
	readValues = fixed(selectValues(table.RunSlotValues.RunID.EQ(theRun)))
	readItems  = fixed(SELECT(itemColumns).FROM(table.RunChecklistStates).WHERE(table.RunChecklistStates.RunID.EQ(theRun)))
)

// What of a run's steps, values and items is read, in the order in which it is scanned.
var (
	stepColumns = ProjectionList{
		table.RunSteps.StepKey, table.RunSteps.Visit, table.RunSteps.State, table.RunSteps.Amended, table.RunSteps.CommittedAt, table.RunSteps.CommittedBy,
		table.RunSteps.Reason, table.RunInapplicableSlots.SlotName,
	}
	valueColumns = ProjectionList{
		table.RunSlotValues.StepKey, table.RunSlotValues.Visit, table.RunSlotValues.SlotName, table.RunSlotValues.Ordinal,
		table.RunSlotValues.ValueText, CAST(table.RunSlotValues.ValueNumber).AS_TEXT(), table.RunSlotValues.ValueBoolean,
		CAST(table.RunSlotValues.ValueDate).AS_TEXT(), table.RunSlotValues.ValueTimestamp, table.RunSlotValues.Literal, table.RunSlotValues.Origin,
		table.RunSlotValues.Salt, table.RunSlotValues.Digest, table.RunSlotValues.ErasedAt,
	}
	itemColumns = ProjectionList{
		table.RunChecklistStates.StepKey, table.RunChecklistStates.Visit, table.RunChecklistStates.ItemKey, table.RunChecklistStates.Completed,
		table.RunChecklistStates.CompletedAt, table.RunChecklistStates.CompletedBy,
	}
)

// selectSteps selects visits, each once for every slot that did not apply.
func selectSteps(where BoolExpression) SelectStatement {
	out := table.RunInapplicableSlots
	return SELECT(stepColumns).
		FROM(table.RunSteps.LEFT_JOIN(out, out.RunID.EQ(table.RunSteps.RunID).AND(out.StepKey.EQ(table.RunSteps.StepKey)).AND(out.Visit.EQ(table.RunSteps.Visit)))).
		WHERE(where).ORDER_BY(table.RunSteps.RunID, table.RunSteps.StepKey, table.RunSteps.Visit)
}

func selectValues(where BoolExpression) SelectStatement {
	v := table.RunSlotValues
	return SELECT(valueColumns).FROM(v).WHERE(where).ORDER_BY(v.RunID, v.StepKey, v.Visit, v.SlotName, v.Ordinal)
}

func selectRun() SelectStatement {
	return SELECT(runColumns).FROM(table.Runs).WHERE(table.Runs.ID.EQ(theRun))
}

// storedRun is a run's rows.
type storedRun struct {
	found bool
	own   projection.RunRow
	rows  projection.Rows
}

var errNotFound = fault.New(fault.NotFound, "run.not_found", nil)

// Load returns the run as its rows tell it, all of them as of one moment, in one round trip.
func (s Runs) Load(ctx context.Context, id string) (app.RunRecord, error) {
	stored, err := s.read(ctx, id)
	if err != nil {
		return app.RunRecord{}, err
	}
	return s.assemble(ctx, stored)
}

// Head returns where the run's chain ends.
func (s Runs) Head(ctx context.Context, id string) (h audit.Head, err error) {
	if !isRunID(id) {
		return h, errNotFound
	}
	s.DB.trips()
	if err = s.DB.pool.QueryRow(ctx, readHead, id).Scan(&h.Seq, &h.Hash); errors.Is(err, pgx.ErrNoRows) {
		return h, errNotFound
	}
	return h, translate(err)
}

// Seqs returns the seq of the last event of each run.
func (s Runs) Seqs(ctx context.Context, ids []string) (map[string]int64, error) {
	seqs := make(map[string]int64, len(ids))
	s.DB.trips()
	rows, err := s.DB.pool.Query(ctx, readSeqs, slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !isRunID(id) }))
	if err != nil {
		return nil, translate(err)
	}
	return seqs, translate(eachRow(rows, func(rows pgx.Rows) error {
		var id string
		var seq int64
		err := rows.Scan(&id, &seq)
		seqs[id] = seq
		return err
	}))
}

func (s Runs) read(ctx context.Context, id string) (stored storedRun, err error) {
	if !isRunID(id) {
		return stored, errNotFound
	}
	var b pgx.Batch
	stored.queue(&b, readRun, id)
	if err := s.DB.send(ctx, &b); err != nil {
		return stored, translate(err)
	}
	if !stored.found {
		return stored, errNotFound
	}
	return stored, nil
}

// isRunID knows ids in the one form in which they are given out.
func isRunID(id string) bool {
	parsed, err := uuid.Parse(id)
	return err == nil && parsed.String() == id
}

// queue asks for a run's rows; the run's own by the given statement.
func (r *storedRun) queue(b *pgx.Batch, own, id string) {
	b.Queue(own, id).Query(func(rows pgx.Rows) error {
		return eachRow(rows, func(rows pgx.Rows) (err error) {
			r.found = true
			r.own, err = scanRun(rows)
			return err
		})
	})
	b.Queue(readSteps, id).Query(func(rows pgx.Rows) error { return eachRow(rows, r.scanStep) })
	b.Queue(readValues, id).Query(func(rows pgx.Rows) error { return eachRow(rows, r.scanValue) })
	b.Queue(readItems, id).Query(func(rows pgx.Rows) error { return eachRow(rows, r.scanItem) })
}

// scanner is a row that is read.
type scanner interface{ Scan(dest ...any) error }

func scanRun(row scanner) (s projection.RunRow, err error) {
	var metadata, current, reason, by *string
	var failed, started, closed *time.Time
	err = row.Scan(&s.ID, &s.ProcedureID, &s.ProcedureVersion, &s.UserID, &s.Reference, &metadata, &s.State, &s.Revision, &s.Head.Seq, &s.Head.Hash, &current,
		&reason, &failed, &by, &s.CreatedAt, &started, &s.UpdatedAt, &closed)
	s.Metadata, s.CurrentStep = metadataValue(metadata), orEmpty(current)
	s.CreatedAt, s.StartedAt, s.UpdatedAt, s.ClosedAt = s.CreatedAt.UTC(), orZero(started), s.UpdatedAt.UTC(), orZero(closed)
	if reason != nil {
		s.Failure = &run.Failure{Reason: *reason, At: orZero(failed), By: orEmpty(by)}
	}
	if err == nil && (reason != nil) != (failed != nil) {
		err = corrupt("half a failure")
	}
	if err == nil {
		err = errors.Join(written(current), happened(started, closed), bothOrNone(failed, by))
	}
	return s, err
}

func (r *storedRun) scanStep(rows pgx.Rows) error {
	step, inapplicable, err := readStep(rows)
	r.addStep(step, inapplicable)
	return err
}

func (r *storedRun) scanValue(rows pgx.Rows) error {
	value, err := readValue(rows)
	r.rows.Values = append(r.rows.Values, value)
	return err
}

func (r *storedRun) scanItem(rows pgx.Rows) error {
	item, err := readItem(rows)
	r.rows.Items = append(r.rows.Items, item)
	return err
}

// addStep takes a visit's row; it comes once for each slot that did not apply, and once where all did.
func (r *storedRun) addStep(s projection.StepRow, inapplicable *string) {
	if inapplicable != nil {
		r.rows.Inapplicable = append(r.rows.Inapplicable, projection.SlotRow{Step: s.Step, Visit: s.Visit, Slot: *inapplicable})
	}
	if n := len(r.rows.Steps); n == 0 || r.rows.Steps[n-1].Step != s.Step || r.rows.Steps[n-1].Visit != s.Visit {
		r.rows.Steps = append(r.rows.Steps, s)
	}
}

func readStep(row scanner) (s projection.StepRow, inapplicable *string, err error) {
	var by, reason *string
	var at *time.Time
	err = row.Scan(&s.Step, &s.Visit, &s.State, &s.Amended, &at, &by, &reason, &inapplicable)
	s.CommittedAt, s.CommittedBy, s.Reason = orZero(at), orEmpty(by), orEmpty(reason)
	if err == nil {
		err = errors.Join(written(reason), bothOrNone(at, by))
	}
	return s, inapplicable, err
}

func readValue(row scanner) (v projection.ValueRow, err error) {
	err = row.Scan(&v.Step, &v.Visit, &v.Slot, &v.Ordinal, &v.Text, &v.Number, &v.Boolean, &v.Date, &v.Timestamp, &v.Literal, &v.Origin, &v.Salt, &v.Digest, &v.ErasedAt)
	if v.ErasedAt != nil {
		*v.ErasedAt = v.ErasedAt.UTC()
	}
	return v, err
}

func readItem(row scanner) (it projection.ItemRow, err error) {
	var by *string
	var at *time.Time
	err = row.Scan(&it.Step, &it.Visit, &it.Item, &it.Completed, &at, &by)
	it.At, it.By = orZero(at), orEmpty(by)
	if err == nil {
		err = bothOrNone(at, by)
	}
	return it, err
}

// assemble makes a run of its rows and its definition.
func (s Runs) assemble(ctx context.Context, stored storedRun) (app.RunRecord, error) {
	v, err := s.Definitions.Definition(ctx, stored.own.ProcedureID, stored.own.ProcedureVersion)
	if err != nil {
		return app.RunRecord{}, err
	}
	r, err := projection.Restore(v, stored.own, stored.rows)
	return app.RunRecord{Run: r, Head: stored.own.Head}, translate(err)
}

// PlainValues returns the plain values of sensitive slots that have not been erased.
func (s Runs) PlainValues(ctx context.Context, id string) ([]run.PlainValue, error) {
	stored, err := s.read(ctx, id)
	if err != nil {
		return nil, err
	}
	v, err := s.Definitions.Definition(ctx, stored.own.ProcedureID, stored.own.ProcedureVersion)
	if err != nil {
		return nil, err
	}
	all, err := projection.PlainValues(v, stored.rows.Values)
	return all, translate(err)
}
