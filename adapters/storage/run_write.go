package storage

import (
	"github.com/procedo/procedo/adapters/groupcommit"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/projection"
)

// RunWrite is a change of a run with the rows that it writes.
type RunWrite struct {
	Change app.RunChange
	Row    projection.RunRow
	Rows   projection.Changes
}

// NewRunWrite returns the rows that a change writes. Values of sensitive slots are encrypted unless secrets is nil.
func NewRunWrite(c app.RunChange, secrets projection.Secrets) (RunWrite, error) {
	w := RunWrite{
		Change: c, Row: projection.RunRowOf(c.After, c.Head().Hash),
		Rows: projection.Diff(c.Before, c.After, c.PlainValues),
	}
	var err error
	w.Rows.Values, err = projection.EncryptValues(c.After.Version, c.After.ID, w.Rows.Values, secrets)
	return w, internal(err)
}

// Keys returns what no two changes of a group may have in common: the run, and the key of the receipt.
func (w *RunWrite) Keys() []string {
	keys := []string{w.Row.ID}
	if r := w.Change.Receipt; r != nil {
		keys = append(keys, r.Actor+"\x00"+r.Operation+"\x00"+r.Key)
	}
	return keys
}

// Size returns what the change takes of groupcommit.MaxSize. An erasure takes all of it, so that it is written alone:
// if its run has moved, its whole batch is rolled back.
func (w *RunWrite) Size() int {
	if w.Change.Erases {
		return groupcommit.MaxSize
	}
	return w.RowCount()
}

// RowCount returns the number of rows of the run and of its trail that the change writes. Receipts and the feed are not
// counted.
func (w *RunWrite) RowCount() int {
	r := &w.Rows
	return 1 + len(w.Change.Events) + len(w.Change.Remaining) + len(r.DeletedSteps) + len(r.DeletedValues) +
		len(r.DeletedItems) + len(r.DeletedInapplicable) + len(r.Steps) + len(r.Inapplicable) + len(r.Values) +
		len(r.Items)
}
