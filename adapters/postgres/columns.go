package postgres

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// nonEmpty is NULL for the empty text.
func nonEmpty(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// moment is NULL for the zero time.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func orZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

// actorOf is who did what happened at an instant; NULL where nothing has happened.
func actorOf(actor string, at time.Time) *string {
	if at.IsZero() {
		return nil
	}
	return &actor
}

func metadataColumn(v jsontext.Value) *string { return nonEmpty(string(v)) }

func metadataValue(s *string) jsontext.Value {
	if s == nil {
		return nil
	}
	return jsontext.Value(*s)
}

// column is one member of each row, as an array for unnest.
func column[R, C any](rows []R, of func(*R) C) []C {
	all := make([]C, len(rows))
	for i := range rows {
		all[i] = of(&rows[i])
	}
	return all
}
