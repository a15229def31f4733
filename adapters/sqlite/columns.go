package sqlite

import (
	"fmt"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/audit"
)

func instant(t time.Time) string { return t.UTC().Format(audit.TimeFormat) }

// optionalInstant is NULL for the zero time.
func optionalInstant(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := instant(t)
	return &s
}

func parseInstant(s string) (time.Time, error) { return audit.ParseTime(s) }

func parseOptionalInstant(s *string) (time.Time, error) {
	if s == nil {
		return time.Time{}, nil
	}
	t, err := parseInstant(*s)
	if err == nil && t.IsZero() {
		err = corrupt("a time where there is none")
	}
	return t, err
}

// nonEmpty is NULL for the empty text.
func nonEmpty(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// actorOf is who did what happened at an instant; NULL where nothing has happened.
func actorOf(actor string, at time.Time) *string {
	if at.IsZero() {
		return nil
	}
	return &actor
}

func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// written is what nonEmpty wrote: nobody writes an empty text there.
func written(s *string) (string, error) {
	if s != nil && *s == "" {
		return "", corrupt("an empty text where there is none")
	}
	return orEmpty(s), nil
}

func metadataColumn(v jsontext.Value) *string { return nonEmpty(string(v)) }

func metadataValue(s *string) jsontext.Value {
	if s == nil {
		return nil
	}
	return jsontext.Value(*s)
}

func integer(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// truth reads what integer writes.
func truth(n int64) (bool, error) {
	if n != 0 && n != 1 {
		return false, corrupt("%d is neither true nor false", n)
	}
	return n == 1, nil
}

// corrupt says that stored rows contradict each other or the definition.
func corrupt(format string, args ...any) error {
	return fmt.Errorf("stored rows: "+format, args...)
}
