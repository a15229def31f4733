package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	. "github.com/go-jet/jet/v2/sqlite" //nolint:staticcheck // go-jet is designed for dot imports

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
	selectRunHead = prepare(SELECT(runs.Seq, runs.HeadHash).FROM(runs).WHERE(runs.ID.EQ(textParam("id"))))

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

// Load returns a run. It reads all rows of the run in one transaction.
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
	h, err := storage.ScanHead(s.DB.row(ctx, selectRunHead.Bind(args{"id": id})))
	if errors.Is(err, sql.ErrNoRows) {
		return h, storage.ErrNoRun
	}
	return h, translate(err)
}

// Seqs returns the sequence number of the last event of each run, by run id. It omits runs that do not exist.
func (s Runs) Seqs(ctx context.Context, ids []string) (map[string]int64, error) {
	seqs := make(map[string]int64, len(ids))
	err := s.DB.inTransaction(ctx, s.DB.read, func(t tx) error {
		for chunk := range slices.Chunk(ids, rowsPerStatement) {
			wanted := make([]Expression, len(chunk))
			for i, id := range chunk {
				wanted[i] = String(id)
			}
			q := build(SELECT(runs.ID, runs.Seq).FROM(runs).WHERE(runs.ID.IN(wanted...)))
			if err := t.query(ctx, q, func(rows *sql.Rows) error {
				var id string
				var seq int64
				err := rows.Scan(&id, &seq)
				seqs[id] = seq
				return err
			}); err != nil {
				return err
			}
		}
		return nil
	})
	return seqs, translate(err)
}

func (s Runs) read(ctx context.Context, id string) (stored storage.RunRows, err error) {
	err = s.DB.inTransaction(ctx, s.DB.read, func(t tx) (err error) {
		stored, err = readRun(ctx, t, id)
		return err
	})
	return stored, translate(err)
}

func readRun(ctx context.Context, t tx, id string) (storage.RunRows, error) {
	var r storage.RunRows
	byID := args{"id": id}
	if err := t.query(ctx, selectRun.Bind(byID), func(rows *sql.Rows) (err error) {
		r.Found = true
		r.Own, err = scanRun(rows)
		return err
	}); err != nil {
		return r, err
	}
	if !r.Found {
		return r, storage.ErrNoRun
	}
	if err := t.query(ctx, selectSteps.Bind(byID), func(rows *sql.Rows) error {
		step, slot, err := scanStep(rows)
		r.AddStep(step, slot)
		return err
	}); err != nil {
		return r, err
	}
	if err := t.query(ctx, selectValues.Bind(byID), func(rows *sql.Rows) error {
		value, err := scanValue(rows)
		r.Rows.Values = append(r.Rows.Values, value)
		return err
	}); err != nil {
		return r, err
	}
	return r, t.query(ctx, selectItems.Bind(byID), func(rows *sql.Rows) error {
		item, err := scanItem(rows)
		r.Rows.Items = append(r.Rows.Items, item)
		return err
	})
}
