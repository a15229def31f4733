package postgres

import (
	"time"

	"github.com/procedo/procedo/adapters/storage"
)

// optionalTime returns the value to store for a time: nil, which is NULL, for the zero time.
func optionalTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// timeOrZero returns a stored time in UTC. It returns the zero time for NULL.
func timeOrZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

// checkTimes returns an error if a column holds the zero time. The zero time should have been stored as NULL.
func checkTimes(times ...*time.Time) error {
	for _, t := range times {
		if t != nil && t.IsZero() {
			return storage.Corrupt("the zero time instead of NULL")
		}
	}
	return nil
}
