package postgres

import (
	"context"
	"errors"
	"time"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet is designed for dot imports
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/procedo/procedo/adapters/groupcommit"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
)

// Append writes a change in one transaction and one round trip, together with the changes of other runs that wait. It
// returns app.ErrMoved if the run has changed since it was read for this change.
func (s Runs) Append(ctx context.Context, c app.RunChange) error {
	w, err := newRunWrite(c, s.Secrets)
	if err != nil {
		return err
	}
	own := s.DB.writes.forRows(w.RowCount()).forRun(c.After.ID)
	return translate(s.DB.inTurn(ctx, own, func(ctx context.Context) error {
		w.patience = patienceOf(ctx)
		err := s.group.Write(ctx, w)
		if errors.Is(err, errBusy) {
			err = s.writeWaiting(ctx, w)
		}
		return err
	}))
}

// writeWaiting writes a change alone. It waits for a lock that somebody else has on the run's row.
func (s Runs) writeWaiting(ctx context.Context, w *runWrite) error {
	g := newRunGroup(w)
	g.waits = true
	return g.result(s.DB.send(ctx, s.DB.writes.forRows(w.RowCount()), g.batch()))
}

// The groups that are written at the same time. More of them would be smaller, and cost the server more.
const (
	parallelGroups = 2
	company        = 12 // changes that wait, for which a second group is begun

	slow   = 100 * time.Millisecond // after this time, other changes no longer wait for a group
	gather = 4 * time.Millisecond   // the longest wait for company: about the time to write a group of sixteen
)

// newGroup returns the writer of groups.
func (s Runs) newGroup() *groupcommit.Writer[*runWrite] {
	return groupcommit.New(groupcommit.Options[*runWrite]{
		Write: s.writeGroup, Separable: isSeparable, Keys: (*runWrite).Keys, Size: (*runWrite).Size,
		Parallel: parallelGroups, Company: company, Slow: slow, Gather: gather, Begin: s.DB.beginGroup,
	})
}

// writeGroup writes the changes of different runs in one transaction and one round trip. Every caller then waits as
// long as the rows of the whole group may take.
func (s Runs) writeGroup(ctx context.Context, all []*runWrite) (each []error, whole error) {
	g := newRunGroup(all...)
	rows := g.rowCount()
	for _, w := range all {
		w.patience.extend(rows - w.RowCount())
	}
	err := translate(s.DB.send(ctx, s.DB.writes.forRows(rows), g.batch()))
	switch {
	case len(all) == 1:
		return []error{g.result(err)}, nil
	case err != nil:
		return nil, err
	}
	return g.results(), nil
}

// isSeparable reports whether a group failed because of one of its changes. The server has then rolled it back, or the
// driver could not encode the change and has sent nothing that the server would commit.
func isSeparable(err error) bool {
	var pg *pgconn.PgError
	var building pgx.ErrPreprocessingBatch
	switch {
	case errors.Is(err, app.ErrMoved), errors.Is(err, app.ErrReceiptTaken):
		return true
	case errors.As(err, &pg):
		return fault.Is(err, fault.Internal) || pg.Code == lockNotAvailable
	case errors.As(err, &building):
		return !fault.Is(err, fault.Unavailable)
	}
	return false
}

// Exclusively locks the run for writing, calls decide with it, and writes the change that decide returns. For a nil
// change, it writes nothing.
func (s Runs) Exclusively(ctx context.Context, id string, decide func(app.RunRecord) (*app.RunChange, error)) error {
	if !isRunID(id) {
		return storage.ErrNoRun
	}
	return translate(s.DB.inTransaction(ctx, s.DB.writes.forRun(id), func(ctx context.Context, tx pgx.Tx) error {
		rec, err := s.lock(ctx, tx, id)
		if err != nil {
			return err
		}
		c, err := decide(rec)
		if err != nil || c == nil {
			return err
		}
		w, err := newRunWrite(*c, s.Secrets)
		if err != nil {
			return err
		}
		patienceOf(ctx).extend(w.RowCount())
		g := newRunGroup(w)
		return g.result(s.DB.sendOn(ctx, tx, g.batch()))
	}))
}

// lock locks a run for writing and returns it, in one round trip. With READ COMMITTED, the reads see the changes that
// were committed while the transaction waited for the lock.
func (s Runs) lock(ctx context.Context, tx pgx.Tx, id string) (app.RunRecord, error) {
	var stored storage.RunRows
	var b pgx.Batch
	queue(&b, lockRun.Bind(args{"id": id}))
	queueReads(&b, id, &stored)
	if err := s.DB.sendOn(ctx, tx, startWith(s.DB.writes.prelude, &b)); err != nil {
		return app.RunRecord{}, translate(err)
	}
	if !stored.Found {
		return app.RunRecord{}, storage.ErrNoRun
	}
	return stored.Record(ctx, s.Definitions)
}

// checkMoved divides by zero if a run has not moved. The error rolls the batch back. Go code could not do this, because
// it learns which runs have moved only after the batch has been committed.
var checkMoved = prepare(SELECT(Int(1).DIV(COUNT(STAR))).FROM(runs).
	WHERE(runs.ID.EQ(textParam("id")).AND(runs.HeadHash.EQ(textParam("head_hash")))))
