package postgres

import (
	"context"
	"errors"
	"slices"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet is designed for dot imports
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/groupcommit"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
)

// Runs implements app.Runs, app.RunList and app.RunHeads: it stores runs.
type Runs struct {
	DB          *DB
	Definitions app.Definitions
	Secrets     projection.Secrets // nil: values of sensitive slots are written in clear
	group       *groupcommit.Writer[*runWrite]
}

func newRuns(db *DB, definitions app.Definitions, secrets projection.Secrets) Runs {
	s := Runs{DB: db, Definitions: definitions, Secrets: secrets}
	s.group = s.newGroup()
	return s
}

// The statements that read a run. Visits and values are sorted by key, because AddStep and projection.Restore combine
// adjacent rows.
var (
	selectRun     = prepare(SELECT(runColumns).FROM(runs).WHERE(runs.ID.EQ(textParam("id"))))
	lockRun       = prepare(SELECT(runs.ID).FROM(runs).WHERE(runs.ID.EQ(textParam("id"))).FOR(UPDATE()))
	selectRunHead = prepare(SELECT(runs.Seq, runs.HeadHash).FROM(runs).WHERE(runs.ID.EQ(textParam("id"))))

	selectSeqs = prepare(SELECT(CAST(runs.ID).AS_TEXT(), runs.Seq).FROM(runs).
			WHERE(RawBool(storage.Named("runs.id = ANY(#ids::uuid[])"))))

	// selectSteps returns one row for each inapplicable slot of a visit (a slot whose condition was false). For a visit
	// without such slots, it returns one row with NULL for the slot.
	selectSteps = prepare(SELECT(stepColumns, inapplicable.SlotName).
			FROM(steps.LEFT_JOIN(inapplicable, inapplicable.RunID.EQ(steps.RunID).
				AND(inapplicable.StepKey.EQ(steps.StepKey)).AND(inapplicable.Visit.EQ(steps.Visit)))).
			WHERE(steps.RunID.EQ(textParam("id"))).
			ORDER_BY(steps.RunID, steps.StepKey, steps.Visit))

	selectValues = prepare(SELECT(valueColumns).FROM(values).
			WHERE(values.RunID.EQ(textParam("id"))).
			ORDER_BY(values.RunID, values.StepKey, values.Visit, values.SlotName, values.Ordinal))

	selectItems = prepare(SELECT(itemColumns).FROM(items).WHERE(items.RunID.EQ(textParam("id"))))
)

// Load returns a run. It reads all rows of the run from one snapshot, in one round trip.
func (s Runs) Load(ctx context.Context, id string) (app.RunRecord, error) {
	stored, err := s.read(ctx, id)
	if err != nil {
		return app.RunRecord{}, err
	}
	return stored.Record(ctx, s.Definitions)
}

// PlainValues returns the values of the run's sensitive slots, except erased ones.
func (s Runs) PlainValues(ctx context.Context, id string) ([]run.PlainValue, error) {
	stored, err := s.read(ctx, id)
	if err != nil {
		return nil, err
	}
	return stored.PlainValues(ctx, s.Definitions, s.Secrets)
}

// Head returns the sequence number and the hash of the run's last event.
func (s Runs) Head(ctx context.Context, id string) (audit.Head, error) {
	if !isRunID(id) {
		return audit.Head{}, storage.ErrNoRun
	}
	h, err := storage.ScanHead(s.DB.row(ctx, selectRunHead.Bind(args{"id": id})))
	if errors.Is(err, pgx.ErrNoRows) {
		return h, storage.ErrNoRun
	}
	return h, translate(err)
}

// Seqs returns the sequence number of the last event of each run, by run id. It omits runs that do not exist.
func (s Runs) Seqs(ctx context.Context, ids []string) (map[string]int64, error) {
	known := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !isRunID(id) })
	seqs := make(map[string]int64, len(ids))
	err := s.DB.query(ctx, selectSeqs.Bind(args{"ids": known}), func(rows pgx.Rows) error {
		var id string
		var seq int64
		err := rows.Scan(&id, &seq)
		seqs[id] = seq
		return err
	})
	return seqs, err
}

func (s Runs) read(ctx context.Context, id string) (stored storage.RunRows, err error) {
	if !isRunID(id) {
		return stored, storage.ErrNoRun
	}
	err = s.DB.read(ctx, s.DB.snapshots, func(b *pgx.Batch) {
		stored = storage.RunRows{}
		queueReads(b, id, &stored)
	})
	if err != nil {
		return stored, translate(err)
	}
	if !stored.Found {
		return stored, storage.ErrNoRun
	}
	return stored, nil
}

// isRunID reports whether a text is a UUID in lower case with hyphens. All run ids have this form.
func isRunID(id string) bool {
	parsed, err := uuid.Parse(id)
	return err == nil && parsed.String() == id
}

// queueReads adds queries to a batch. They read a run's rows into r.
func queueReads(b *pgx.Batch, id string, r *storage.RunRows) {
	byID := args{"id": id}
	queueRows(b, selectRun.Bind(byID), func(rows pgx.Rows) (err error) {
		r.Found = true
		r.Own, err = scanRun(rows)
		return err
	})
	queueRows(b, selectSteps.Bind(byID), func(rows pgx.Rows) error {
		step, slot, err := scanStep(rows)
		r.AddStep(step, slot)
		return err
	})
	queueRows(b, selectValues.Bind(byID), func(rows pgx.Rows) error {
		value, err := scanValue(rows)
		r.Rows.Values = append(r.Rows.Values, value)
		return err
	})
	queueRows(b, selectItems.Bind(byID), func(rows pgx.Rows) error {
		item, err := scanItem(rows)
		r.Rows.Items = append(r.Rows.Items, item)
		return err
	})
}
