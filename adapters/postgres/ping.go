package postgres

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/schema"
	postgresschema "github.com/procedo/procedo/schema/postgres"
)

var (
	selectState = stateQuery("(SELECT coalesce(max(version), '') FROM schema_revisions)",
		"(SELECT count(*) FROM schema_revisions)")
	// selectRest is for a database in which the table of the migrations is missing or cannot be read.
	selectRest = stateQuery("''", "0")
)

// stateQuery returns the query that asks which migrations are applied, which tables are missing and which rights on the
// others, and whether writes are accepted.
func stateQuery(newest, number string) storage.Query {
	return storage.Query{
		Text: "SELECT " + newest + ", " + number + `,
			coalesce(string_agg(DISTINCT name, ', ') FILTER (WHERE to_regclass(name) IS NULL), ''),
			coalesce(string_agg(needed || ' ON ' || name, ', ')
				FILTER (WHERE NOT has_table_privilege(to_regclass(name), needed)), ''),
			current_setting('transaction_read_only') = 'on'
			FROM unnest($1::text[], $2::text[]) AS rights(name, needed)`,
		Args: neededRights(),
	}
}

// state is the answer to a stateQuery.
type state struct {
	applied         schema.Revisions
	missing, denied string
	readOnly        bool
}

// neededRights returns the names of the tables and, beside each, a right that the service needs on it. Rights on single
// columns are left out.
func neededRights() []any {
	var tables, rights []string
	for _, table := range slices.Sorted(maps.Keys(postgresschema.Rights)) {
		for _, right := range postgresschema.Rights[table] {
			if !strings.Contains(right, "(") {
				tables, rights = append(tables, table), append(rights, right)
			}
		}
	}
	return []any{tables, rights}
}

// Ping returns a fault of kind fault.Unavailable if the database does not answer, accepts no writes, lacks a table or a
// right on one, or has the tables of another release.
func (d *DB) Ping(ctx context.Context) error {
	now, err := d.state(ctx, selectState)
	var pg *pgconn.PgError
	if errors.As(err, &pg) && (pg.Code == undefinedTable || pg.Code == insufficientPrivilege) {
		now, err = d.state(ctx, selectRest)
		now.applied = postgresschema.Revisions // unknown; whatever else is wrong can be said
	}
	switch {
	case err != nil:
		return storage.AsUnavailable(err)
	case now.missing != "":
		return storage.NoSchema(
			fmt.Errorf("the database has no schema, or that of another release: %s missing", now.missing))
	case now.denied != "":
		return storage.Denied(fmt.Errorf("the role lacks rights: %s", now.denied))
	case now.readOnly:
		return storage.ReadOnly(errors.New("transactions are read-only: a standby server, or a setting"))
	}
	if err := storage.CheckRelease(now.applied, postgresschema.Revisions); err != nil {
		return err
	}
	return d.full.Check()
}

func (d *DB) state(ctx context.Context, q storage.Query) (s state, err error) {
	err = d.queryOn(ctx, d.ready, q, func(rows pgx.Rows) error {
		return rows.Scan(&s.applied.Newest, &s.applied.Count, &s.missing, &s.denied, &s.readOnly)
	})
	return s, err
}
