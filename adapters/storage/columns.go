package storage

import (
	"fmt"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
)

// Corrupt returns the error of stored rows that contradict each other or could not have been written by this program.
func Corrupt(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{projection.ErrRows}, args...)...)
}

// NonEmpty returns the value of a column that is NULL where the text is empty.
func NonEmpty(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// OrEmpty returns the text of a column that may be NULL; empty for NULL.
func OrEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// ReadNonEmpty returns the text of a column that NonEmpty wrote. An empty text is an error: it is stored as NULL.
func ReadNonEmpty(s *string) (string, error) {
	if s != nil && *s == "" {
		return "", Corrupt("an empty text instead of NULL")
	}
	return OrEmpty(s), nil
}

// ActorOf returns the value of a column that names who did something at an instant; NULL for the zero time.
func ActorOf(actor string, at time.Time) *string {
	if at.IsZero() {
		return nil
	}
	return &actor
}

// Metadata returns the value of a column of free metadata; NULL where there is none.
func Metadata(v jsontext.Value) *string { return NonEmpty(string(v)) }

// ReadMetadata returns the metadata that a column holds.
func ReadMetadata(s *string) jsontext.Value {
	if s == nil {
		return nil
	}
	return jsontext.Value(*s)
}

// checkStamp returns an error unless a time and an actor are both stored or both NULL. The zero time stands for NULL.
func checkStamp(at time.Time, by *string) error {
	if at.IsZero() != (by == nil) {
		return Corrupt("a time without an actor, or an actor without a time")
	}
	return nil
}

// NullableRun holds the columns of a run's row that may be NULL and that need more than a conversion.
type NullableRun struct {
	Metadata, CurrentStep    *string
	FailureReason, FailureBy *string
	FailureAt                time.Time // zero for NULL
}

// ReadRun completes a run's row, of which everything else has been read, with the columns that may be NULL.
func ReadRun(r projection.RunRow, n NullableRun) (projection.RunRow, error) {
	var err error
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
	r.CurrentStep, err = ReadNonEmpty(n.CurrentStep)
	return r, err
}

// ReadStep completes the row of a visit, of which everything else has been read, with who closed it, when and why.
func ReadStep(s projection.StepRow, at time.Time, by, reason *string) (projection.StepRow, error) {
	var err error
	s.CommittedAt, s.CommittedBy = at, OrEmpty(by)
	if s.Reason, err = ReadNonEmpty(reason); err != nil {
		return s, err
	}
	return s, checkStamp(at, by)
}

// ReadItem completes the row of a checklist item, of which everything else has been read, with who ticked it and when.
func ReadItem(i projection.ItemRow, at time.Time, by *string) (projection.ItemRow, error) {
	i.At, i.By = at, OrEmpty(by)
	return i, checkStamp(at, by)
}

// Scanner is a row that a query returned.
type Scanner interface{ Scan(dest ...any) error }

// ScanHead reads where a chain ends: its columns are seq and head_hash.
func ScanHead(row Scanner) (h audit.Head, err error) {
	err = row.Scan(&h.Seq, &h.Hash)
	return h, err
}

// ScanLeaf reads a leaf of a checkpoint: its columns are entity_type, entity_id, seq, hash, number and position.
func ScanLeaf(row Scanner) (l audit.StoredLeaf, err error) {
	err = row.Scan(&l.Entity.Type, &l.Entity.ID, &l.Seq, &l.Hash, &l.Number, &l.Index)
	return l, err
}
