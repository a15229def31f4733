package projection

import (
	"bytes"
	"time"
)

// columns collects the names of the columns in which two rows differ.
type columns []string

func (c *columns) add(same bool, name string) {
	if !same {
		*c = append(*c, name)
	}
}

func (r StepRow) differingColumns(o StepRow) []string {
	if r == o {
		return nil
	}
	var c columns
	c.add(r.State == o.State, "state")
	c.add(r.Amended == o.Amended, "amended")
	c.add(r.CommittedAt.Equal(o.CommittedAt), "committed_at")
	c.add(r.CommittedBy == o.CommittedBy, "committed_by")
	c.add(same(r.Reason, o.Reason), "reason")
	return c
}

func (r ItemRow) differingColumns(o ItemRow) []string {
	if r == o {
		return nil
	}
	var c columns
	c.add(r.Completed == o.Completed, "completed")
	c.add(r.At.Equal(o.At), "completed_at")
	c.add(r.By == o.By, "completed_by")
	return c
}

func (r ValueRow) differingColumns(o ValueRow) []string {
	var c columns
	c.add(same(r.Text, o.Text), "value_text")
	c.add(same(r.Number, o.Number), "value_number")
	c.add(same(r.Boolean, o.Boolean), "value_boolean")
	c.add(same(r.Date, o.Date), "value_date")
	c.add(sameInstant(r.Timestamp, o.Timestamp), "value_timestamp")
	c.add(same(r.Literal, o.Literal), "literal")
	c.add(r.Origin == o.Origin, "origin")
	c.add(same(r.Salt, o.Salt), "salt")
	c.add(same(r.Digest, o.Digest), "digest")
	c.add(bytes.Equal(r.Sealed, o.Sealed), "sealed")
	c.add(sameInstant(r.ErasedAt, o.ErasedAt), "erased_at")
	return c
}

func same[T comparable](a, b *T) bool { return a == b || a != nil && b != nil && *a == *b }

func sameInstant(a, b *time.Time) bool { return a == b || a != nil && b != nil && a.Equal(*b) }
