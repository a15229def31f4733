package sqlite

import (
	"time"

	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/audit"
)

// SQLite has no type for times and truth values: times are stored as TEXT in audit.TimeFormat, truth values as 0 and 1.

func instant(t time.Time) string { return t.UTC().Format(audit.TimeFormat) }

// optionalInstant returns NULL for the zero time.
func optionalInstant(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := instant(t)
	return &s
}

func pointerInstant(t *time.Time) *string {
	if t == nil {
		return nil
	}
	s := instant(*t)
	return &s
}

func parseInstant(s string) (time.Time, error) {
	t, err := audit.ParseTime(s)
	if err != nil {
		return t, storage.Corrupt("%w", err)
	}
	return t, nil
}

// parseOptionalInstant returns the zero time for NULL.
func parseOptionalInstant(s *string) (time.Time, error) {
	if s == nil {
		return time.Time{}, nil
	}
	t, err := parseInstant(*s)
	if err == nil && t.IsZero() {
		err = storage.Corrupt("the zero time instead of NULL")
	}
	return t, err
}

func parsePointerInstant(s *string) (*time.Time, error) {
	if s == nil {
		return nil, nil
	}
	t, err := parseInstant(*s)
	return &t, err
}

func parseTruth(n int64) (bool, error) {
	if n != 0 && n != 1 {
		return false, storage.Corrupt("%d is neither true nor false", n)
	}
	return n == 1, nil
}
