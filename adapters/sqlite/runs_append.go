package sqlite

import (
	"context"
	"errors"
	"time"

	. "github.com/go-jet/jet/v2/sqlite" //nolint:staticcheck // go-jet is designed for dot imports

	"github.com/procedo/procedo/adapters/groupcommit"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
)

var (
	insertRun = prepare(insertInto(runs, runs.AllColumns).ON_CONFLICT(runs.ID).DO_NOTHING())

	updateRun = prepare(update(runs, ColumnList{
		runs.State, runs.Revision, runs.Seq, runs.HeadHash, runs.CurrentStep,
		runs.FailureReason, runs.FailureAt, runs.FailureBy, runs.StartedAt, runs.UpdatedAt, runs.ClosedAt,
		runs.Refusals, runs.LastRefusal, runs.Divergences, runs.LastEventAt,
	}).WHERE(runs.ID.EQ(textParam("id")).
		AND(runs.Seq.EQ(intParam("seq_before"))).
		AND(runs.HeadHash.EQ(textParam("hash_before")))))
)

// Append writes a change in one transaction, together with the changes of other runs that wait. It returns app.ErrMoved
// if the run has changed since it was read for this change.
func (s Runs) Append(ctx context.Context, c app.RunChange) error {
	w, err := storage.NewRunWrite(c, s.Secrets)
	if err != nil {
		return err
	}
	return translate(s.group.Write(ctx, &runWrite{w, time.Now()}))
}

// newGroup returns the writer of groups. SQLite has one writer at a time.
func (s Runs) newGroup() *groupcommit.Writer[*runWrite] {
	return groupcommit.New(groupcommit.Options[*runWrite]{
		Write: s.writeGroup, Separable: isSeparable, Keys: (*runWrite).Keys, Size: (*runWrite).Size,
		Parallel: 1, Patience: waitTime, Begin: s.DB.beginGroup,
	})
}

// writeGroup writes the changes of different runs in one transaction. What one of them has written is undone if it is
// refused.
func (s Runs) writeGroup(ctx context.Context, all []*runWrite) (each []error, whole error) {
	each = make([]error, len(all))
	whole = s.DB.beginningBy(ctx, s.DB.write, deadlineOf(all), func(t tx) error {
		if len(all) == 1 {
			return appendRun(ctx, t, &all[0].RunWrite)
		}
		for i, w := range all {
			var err error
			each[i], err = t.inSavepoint(ctx, func() error { return appendRun(ctx, t, &w.RunWrite) })
			if err != nil || !isOfOne(each[i]) {
				return errors.Join(each[i], err)
			}
		}
		return nil
	})
	return each, whole
}

// runWrite is a change that waits to be written.
type runWrite struct {
	storage.RunWrite
	since time.Time // when it began to wait
}

// deadlineOf returns until when a group waits for the lock of another process. The change that has waited longest is
// answered in time.
func deadlineOf(all []*runWrite) time.Time {
	deadline := time.Now().Add(waitTime)
	for _, w := range all {
		if d := w.since.Add(waitTime); d.Before(deadline) {
			deadline = d
		}
	}
	if least := time.Now().Add(leastTime); deadline.Before(least) {
		return least
	}
	return deadline
}

// isOfOne reports whether an error concerns a single change, so that the others can be written.
func isOfOne(err error) bool {
	return err == nil || errors.Is(err, app.ErrMoved) || errors.Is(err, app.ErrReceiptTaken) || fault.Is(err, fault.Internal)
}

// isSeparable reports whether a transaction failed because of one of its changes.
func isSeparable(err error) bool { return fault.Is(err, fault.Internal) }

// Exclusively locks the database for writing, calls decide with the run, and writes the change that decide returns. For
// a nil change, it writes nothing.
func (s Runs) Exclusively(ctx context.Context, id string, decide func(app.RunRecord) (*app.RunChange, error)) error {
	return s.DB.inTransaction(ctx, s.DB.write, func(t tx) error {
		stored, err := readRun(ctx, t, id)
		if err != nil {
			return translate(err)
		}
		rec, err := stored.Record(ctx, s.Definitions)
		if err != nil {
			return err
		}
		c, err := decide(rec)
		if err != nil || c == nil {
			return err
		}
		w, err := storage.NewRunWrite(*c, s.Secrets)
		if err != nil {
			return err
		}
		return appendRun(ctx, t, &w)
	})
}

func appendRun(ctx context.Context, t tx, w *storage.RunWrite) error {
	changed, err := writeRun(ctx, t, w)
	if err != nil || changed == 0 {
		return translateOr(err, app.ErrMoved)
	}
	if err := writeReceipt(ctx, t, w.Change.Receipt); err != nil {
		return err
	}
	if err := writeEvents(ctx, t, w.Change.Events); err != nil {
		return translate(err)
	}
	if err := writeErasure(ctx, t, w); err != nil {
		return translate(err)
	}
	return translate(writeRows(ctx, t, w.Row.ID, w.Rows))
}

// writeRun inserts or updates the run's row. It changes no row if the stored head differs from the one before the
// change.
func writeRun(ctx context.Context, t tx, w *storage.RunWrite) (changed int64, err error) {
	r, c := &w.Row, &w.Change
	row := args{
		"id": r.ID, "state": string(r.State), "revision": r.Revision, "seq": r.Head.Seq, "head_hash": r.Head.Hash,
		"current_step": storage.NonEmpty(r.CurrentStep),
		"refusals":     r.Refusals, "last_refusal": storage.NonEmpty(r.LastRefusal),
		"divergences": storage.NonEmpty(r.Divergences), "last_event_at": formatTime(r.LastEventAt),
		"failure_reason": nil, "failure_at": nil, "failure_by": nil,
		"started_at": formatOptionalTime(r.StartedAt), "updated_at": formatTime(r.UpdatedAt),
		"closed_at": formatOptionalTime(r.ClosedAt),
	}
	if f := r.Failure; f != nil {
		row["failure_reason"], row["failure_at"], row["failure_by"] = f.Reason, formatOptionalTime(f.At), f.By
	}
	if c.Before.Seq > 0 {
		row["seq_before"], row["hash_before"] = c.Before.Seq, c.PrevHash()
		return t.exec(ctx, updateRun.Bind(row))
	}
	row["procedure_id"], row["procedure_version"] = r.ProcedureID, r.ProcedureVersion
	row["user_id"], row["reference"], row["metadata"] = r.UserID, r.Reference, storage.Metadata(r.Metadata)
	row["erased"] = r.Erased
	row["created_at"] = formatTime(r.CreatedAt)
	return t.exec(ctx, insertRun.Bind(row))
}
