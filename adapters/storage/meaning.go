package storage

import (
	"database/sql"

	"github.com/procedo/procedo/core/condition"
)

// Meaning returns a destination for scanning the column "conditions" of a version. The column holds the
// condition.Meaning of the version's expressions. Scanning NULL gives condition.Binary.
func Meaning(m *condition.Meaning) sql.Scanner { return meaningColumn{m} }

type meaningColumn struct{ m *condition.Meaning }

// Scan sets the meaning to the value of the column.
func (c meaningColumn) Scan(value any) error {
	var n sql.NullInt64
	err := n.Scan(value)
	*c.m = condition.Meaning(n.Int64)
	return err
}
