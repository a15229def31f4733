package postgres

import (
	"fmt"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/projection"
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

// written says whether texts are such as nonEmpty wrote: nobody writes an empty one.
func written(texts ...*string) error {
	for _, s := range texts {
		if s != nil && *s == "" {
			return corrupt("an empty text where there is none")
		}
	}
	return nil
}

// happened says whether times are such as moment wrote.
func happened(times ...*time.Time) error {
	for _, t := range times {
		if t != nil && t.IsZero() {
			return corrupt("a time where there is none")
		}
	}
	return nil
}

// bothOrNone holds that what happened has a time and somebody who did it.
func bothOrNone(at *time.Time, by *string) error {
	if (at == nil) != (by == nil) {
		return corrupt("a time without somebody, or somebody without a time")
	}
	return happened(at)
}

func corrupt(what string) error { return fmt.Errorf("%w: %s", projection.ErrRows, what) }

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
