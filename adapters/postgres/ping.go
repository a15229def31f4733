package postgres

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/storage"
	schema "github.com/procedo/procedo/schema/postgres"
)

// selectState asks which tables are missing and which rights on the others, and whether writes are accepted.
var selectState = storage.Query{
	Text: `SELECT coalesce(string_agg(DISTINCT name, ', ') FILTER (WHERE to_regclass(name) IS NULL), ''),
		coalesce(string_agg(needed || ' ON ' || name, ', ')
			FILTER (WHERE NOT has_table_privilege(to_regclass(name), needed)), ''),
		current_setting('transaction_read_only') = 'on'
		FROM unnest($1::text[], $2::text[]) AS rights(name, needed)`,
	Args: neededRights(),
}

// neededRights returns the names of the tables and, beside each, a right that the service needs on it. Rights on single
// columns are left out.
func neededRights() []any {
	var tables, rights []string
	for _, table := range slices.Sorted(maps.Keys(schema.Rights)) {
		for _, right := range schema.Rights[table] {
			if !strings.Contains(right, "(") {
				tables, rights = append(tables, table), append(rights, right)
			}
		}
	}
	return []any{tables, rights}
}

// Ping returns a fault of kind fault.Unavailable if the database does not answer, accepts no writes, or lacks a table or
// a right on one.
func (d *DB) Ping(ctx context.Context) error {
	var missing, denied string
	var readOnly bool
	err := d.queryOn(ctx, d.ready, selectState, func(rows pgx.Rows) error {
		return rows.Scan(&missing, &denied, &readOnly)
	})
	switch {
	case err != nil:
		return storage.AsUnavailable(err)
	case missing != "":
		return storage.NoSchema(fmt.Errorf("the database has no schema, or that of another release: %s missing", missing))
	case denied != "":
		return storage.Denied(fmt.Errorf("the role lacks rights: %s", denied))
	case readOnly:
		return storage.ReadOnly(errors.New("transactions are read-only: a standby server, or a setting"))
	}
	return d.full.Check()
}
