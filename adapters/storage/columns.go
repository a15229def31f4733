package storage

import (
	"errors"
	"fmt"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
)

// Corrupt returns an error for stored rows that contradict each other or cannot have been written by this program. It
// wraps projection.ErrRows.
func Corrupt(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{projection.ErrRows}, args...)...)
}

// NonEmpty returns the value to store for a text: nil, which is NULL, if the text is empty.
func NonEmpty(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// OrEmpty returns the text of a column, or an empty text for NULL.
func OrEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// ReadNonEmpty returns a text that was stored with NonEmpty. A stored empty text is an error, because NonEmpty returns
// NULL for it.
func ReadNonEmpty(s *string) (string, error) {
	if s != nil && *s == "" {
		return "", Corrupt("an empty text instead of NULL")
	}
	return OrEmpty(s), nil
}

// ActorOf returns the actor to store beside the time of an action. It returns nil, which is NULL, if the time is zero.
func ActorOf(actor string, at time.Time) *string {
	if at.IsZero() {
		return nil
	}
	return &actor
}

// Metadata returns the value to store for free metadata: nil, which is NULL, if there is none.
func Metadata(v jsontext.Value) *string { return NonEmpty(string(v)) }

// ReadMetadata returns metadata that was stored with Metadata.
func ReadMetadata(s *string) jsontext.Value {
	if s == nil {
		return nil
	}
	return jsontext.Value(*s)
}

// checkStamp returns an error if a row has a time but no actor, or an actor but no time. The zero time stands for NULL.
func checkStamp(at time.Time, by *string) error {
	if at.IsZero() != (by == nil) {
		return Corrupt("a time without an actor, or an actor without a time")
	}
	return nil
}

// NullableRun holds those columns of a run's row that may be NULL. ReadRun checks them and adds them to the row.
type NullableRun struct {
	Metadata, CurrentStep    *string
	FailureReason, FailureBy *string
	FailureAt                time.Time // zero for NULL
	LastRefusal, Divergences *string
}

// ReadRun checks the columns in n, adds them to r and returns r.
func ReadRun(r projection.RunRow, n NullableRun) (projection.RunRow, error) {
	r.Metadata = ReadMetadata(n.Metadata)
	if n.FailureReason != nil {
		r.Failure = &run.Failure{Reason: *n.FailureReason, At: n.FailureAt, By: OrEmpty(n.FailureBy)}
	}
	if (n.FailureReason == nil) != n.FailureAt.IsZero() {
		return r, Corrupt("a failure without a time, or a time without a failure")
	}
	if err := checkStamp(n.FailureAt, n.FailureBy); err != nil {
		return r, err
	}
	var errs [3]error
	r.CurrentStep, errs[0] = ReadNonEmpty(n.CurrentStep)
	r.LastRefusal, errs[1] = ReadNonEmpty(n.LastRefusal)
	r.Divergences, errs[2] = ReadNonEmpty(n.Divergences)
	return r, errors.Join(errs[:]...)
}

// ReadStep checks the columns that say when, by whom and why a visit was closed. It adds them to s and returns s.
func ReadStep(s projection.StepRow, at time.Time, by, reason *string) (projection.StepRow, error) {
	s.CommittedAt, s.CommittedBy, s.Reason = at, OrEmpty(by), reason
	return s, checkStamp(at, by)
}

// ReadItem checks the columns that say when and by whom a checklist item was ticked. It adds them to i and returns i.
func ReadItem(i projection.ItemRow, at time.Time, by *string) (projection.ItemRow, error) {
	i.At, i.By = at, OrEmpty(by)
	return i, checkStamp(at, by)
}

// Scanner is a row of a query's result.
type Scanner interface{ Scan(dest ...any) error }

// ScanHead scans an audit.Head from two columns: the sequence number and the hash.
func ScanHead(row Scanner) (h audit.Head, err error) {
	err = row.Scan(&h.Seq, &h.Hash)
	return h, err
}

// ScanLeaf scans a leaf of a checkpoint from the columns entity_type, entity_id, seq, hash, number and position.
func ScanLeaf(row Scanner) (l audit.StoredLeaf, err error) {
	err = row.Scan(&l.Entity.Type, &l.Entity.ID, &l.Seq, &l.Hash, &l.Number, &l.Index)
	return l, err
}
