package postgres

import (
	"time"

	"github.com/procedo/procedo/adapters/storage"
)

// optionalTime returns NULL for the zero time.
func optionalTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// orZero returns the zero time for NULL.
func orZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

// checkTimes returns an error if one of the times is zero: the zero time is stored as NULL.
func checkTimes(times ...*time.Time) error {
	for _, t := range times {
		if t != nil && t.IsZero() {
			return storage.Corrupt("the zero time instead of NULL")
		}
	}
	return nil
}
