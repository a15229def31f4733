package sqlite

import (
	"time"

	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/audit"
)

// SQLite has no types for times and booleans. Times are stored as TEXT in audit.TimeFormat, booleans as 0 and 1.

func formatTime(t time.Time) string { return t.UTC().Format(audit.TimeFormat) }

// formatBound returns a time that others are compared with. In UTC, the time of a client may be in the year 10000,
// whose text would come before all others.
func formatBound(t time.Time) string {
	if last := time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC); t.After(last) {
		t = last
	}
	return formatTime(t)
}

// formatOptionalTime returns the value to store for a time: nil, which is NULL, for the zero time.
func formatOptionalTime(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := formatTime(t)
	return &s
}

func formatTimePointer(t *time.Time) *string {
	if t == nil {
		return nil
	}
	s := formatTime(*t)
	return &s
}

// blob returns the value to store for bytes: nil, which is NULL, if there are none.
func blob(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return b
}

func parseTime(s string) (time.Time, error) {
	t, err := audit.ParseTime(s)
	if err != nil {
		return t, storage.Corrupt("%w", err)
	}
	return t, nil
}

// parseOptionalTime returns the zero time for NULL.
func parseOptionalTime(s *string) (time.Time, error) {
	if s == nil {
		return time.Time{}, nil
	}
	t, err := parseTime(*s)
	if err == nil && t.IsZero() {
		err = storage.Corrupt("the zero time instead of NULL")
	}
	return t, err
}

func parseTimePointer(s *string) (*time.Time, error) {
	if s == nil {
		return nil, nil
	}
	t, err := parseTime(*s)
	return &t, err
}

func parseBool(n int64) (bool, error) {
	if n != 0 && n != 1 {
		return false, storage.Corrupt("%d is neither true nor false", n)
	}
	return n == 1, nil
}
