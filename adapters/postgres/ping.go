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

// stateQuery returns the text of the query that asks which migrations are applied, which tables are missing and which
// rights on the others, whether writes are accepted, and the role and the schema of the connection. Its arguments are
// those of rightsArgs.
func stateQuery(newest, number string) string {
	return "SELECT " + newest + ", " + number + `,
		coalesce(string_agg(DISTINCT name, ', ') FILTER (WHERE to_regclass(name) IS NULL), ''),
		coalesce(string_agg(needed || ' ON ' || name, ', ')
			FILTER (WHERE NOT has_table_privilege(to_regclass(name), needed)), ''),
		current_setting('transaction_read_only') = 'on', current_user::text, coalesce(current_schema()::text, '')
		FROM unnest($1::text[], $2::text[]) AS rights(name, needed)`
}

// state is the answer to a stateQuery.
type state struct {
	applied         schema.Revisions
	missing, denied string
	readOnly        bool
	role, schema    string // no schema: there is none, or the role may not use it
}

// rightsArgs returns the names of the tables and, beside each, one of its rights. Rights on single columns are left
// out.
func rightsArgs(all map[string][]string) []any {
	var tables, rights []string
	for _, table := range slices.Sorted(maps.Keys(all)) {
		for _, right := range all[table] {
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
	now, err := d.state(ctx, postgresschema.Rights)
	switch {
	case err != nil:
		return err
	case now.readOnly:
		return storage.ReadOnly(errors.New("transactions are read-only: a standby server, or a setting"))
	}
	if err := storage.CheckRelease(now.applied, postgresschema.Revisions); err != nil {
		return err
	}
	return d.full.Check()
}

// CheckReadable returns a fault of kind fault.Unavailable if the database does not answer, lacks one of the tables or a
// right on it, or has the tables of another release. Unlike Ping, it does not ask whether writes are accepted.
func (d *DB) CheckReadable(ctx context.Context, rights map[string][]string) error {
	now, err := d.state(ctx, rights)
	if err != nil {
		return err
	}
	return storage.CheckRelease(now.applied, postgresschema.Revisions)
}

// state asks for the state of the database. It returns a fault if a table is missing, or a right on one.
func (d *DB) state(ctx context.Context, rights map[string][]string) (now state, err error) {
	now, err = d.askState(ctx, selectState, rights)
	var pg *pgconn.PgError
	if errors.As(err, &pg) && (pg.Code == undefinedTable || pg.Code == insufficientPrivilege) {
		now, err = d.askState(ctx, selectRest, rights)
		now.applied = postgresschema.Revisions // unknown; whatever else is wrong can be said
	}
	switch {
	case err != nil:
		err = storage.AsUnavailable(err)
	case now.schema == "":
		err = storage.NoSchema(fmt.Errorf("the search_path of %s has no schema that this role may use", now.role))
	case now.missing != "":
		err = storage.NoSchema(
			fmt.Errorf("the database has no schema, or that of another release: %s missing", now.missing))
	case now.denied != "":
		err = storage.Denied(storage.LackingError{Role: now.role, Rights: now.denied})
	}
	return now, err
}

func (d *DB) askState(ctx context.Context, text string, rights map[string][]string) (s state, err error) {
	q := storage.Query{Text: text, Args: rightsArgs(rights)}
	err = d.queryOn(ctx, d.ready, q, func(rows pgx.Rows) error {
		return rows.Scan(
			&s.applied.Newest, &s.applied.Count, &s.missing, &s.denied, &s.readOnly, &s.role, &s.schema)
	})
	return s, err
}
