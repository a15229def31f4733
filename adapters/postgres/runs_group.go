package postgres

import (
	"cmp"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
)

// runWrite is a change of a run with the rows that it writes.
type runWrite struct {
	storage.RunWrite
	id       uuid.UUID
	encoded  encodedChange
	patience *patience // of the caller, if others write the change together with their own
}

func newRunWrite(c app.RunChange, secrets projection.Secrets) (*runWrite, error) {
	id, err := uuid.Parse(c.After.ID)
	if err != nil {
		return nil, storage.Corrupt("the id of a run: %v", err)
	}
	rows, err := storage.NewRunWrite(c, secrets)
	if err != nil {
		return nil, err
	}
	w := &runWrite{RunWrite: rows, id: id}
	w.encoded = encodeChange(w)
	return w, nil
}

// starts reports whether the change creates the run, and moves whether it changes an existing one. Neither is true of
// values that are encrypted again.
func (w *runWrite) starts() bool { return w.Change.Before.Seq == 0 && w.Change.After.Seq > 0 }
func (w *runWrite) moves() bool  { return w.Change.Before.Seq > 0 }

// failure returns how the run failed, or a zero Failure.
func (w *runWrite) failure() run.Failure {
	if w.Row.Failure == nil {
		return run.Failure{}
	}
	return *w.Row.Failure
}

// failureText returns a text of the failure, which may be empty, or nil if the run has not failed.
func failureText(w *runWrite, text string) *string {
	if w.Row.Failure == nil {
		return nil
	}
	return &text
}

// runGroup holds changes of different runs that are written together, and what becomes of them.
type runGroup struct {
	all      []*runWrite
	waits    bool // for the locks that others hold on the runs' rows
	outcomes map[string]outcome
}

// outcome is what became of a change.
type outcome struct {
	locked  bool // the run's row was locked, and it had the head from before the change
	written bool
	busy    bool // the row could not be locked, because somebody else has a lock on it
}

// errBusy means that somebody else has locked the run's row.
var errBusy = errors.New("the row of the run is locked")

func newRunGroup(all ...*runWrite) *runGroup { return &runGroup{all: all} }

// rowCount returns the number of rows of all changes, see storage.RunWrite.RowCount.
func (g *runGroup) rowCount() (rows int) {
	for _, w := range g.all {
		rows += w.RowCount()
	}
	return rows
}

// result returns the result of the only change, once its batch was sent. err is the error of the batch. An erasure
// whose run has not moved fails as a whole, also if that is because its receipt's key is in use.
func (g *runGroup) result(err error) error {
	if err = translate(err); err == nil || errors.Is(err, app.ErrMoved) && g.outcomes[g.all[0].Row.ID].locked {
		return cmp.Or(g.results()[0], err)
	}
	return err
}

// results returns an error or nil for each change, once the batch was sent.
func (g *runGroup) results() []error {
	results := make([]error, len(g.all))
	for i, w := range g.all {
		switch o := g.outcomes[w.Row.ID]; {
		case o.written:
		case o.locked || w.starts():
			results[i] = app.ErrReceiptTaken
		case o.busy && !g.waits: // a change that has waited for the lock was overtaken
			results[i] = errBusy
		default:
			results[i] = app.ErrMoved
		}
	}
	return results
}

// batch returns the statements that write the changes.
func (g *runGroup) batch() *pgx.Batch {
	var b pgx.Batch
	g.outcomes = make(map[string]outcome, len(g.all))
	move := *moveRuns
	if g.waits {
		move.statement = moveRunsWaiting
	}
	createRuns.queueRows(&b, g.all, g.scanCreated) // first: all transactions write receipts in the same order
	move.queueRows(&b, g.all, g.scanMoved)
	for _, w := range g.all {
		queueErasure(&b, w)
	}
	queueOwned(&b, g.all)
	return &b
}

func (g *runGroup) scanCreated(row pgx.Rows) (err error) {
	var id string
	if err = row.Scan(&id); err == nil {
		g.outcomes[id] = outcome{written: true}
	}
	return err
}

func (g *runGroup) scanMoved(row pgx.Rows) (err error) {
	var id string
	var o outcome
	err = row.Scan(&id, &o.locked, &o.written, &o.busy)
	g.outcomes[id] = o
	return err
}
