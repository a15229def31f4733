package migrate

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	postgresschema "github.com/procedo/procedo/schema/postgres"
)

// Right is a right of a role on a table, such as SELECT or UPDATE (disclosures), or on the schema.
type Right struct{ On, Right string }

// String returns the right as in GRANT.
func (r Right) String() string { return r.Right + " ON " + r.On }

var (
	// ErrNoRole is the error for a role that does not exist.
	ErrNoRole = errors.New("the role does not exist")
	// ErrAllRights is the error for a role from which no right can be withheld: it owns the tables, is a member of
	// their owner, or is a superuser.
	ErrAllRights = errors.New("the role has all rights of the owner of the tables")
)

// ExcessError is the error for a role that has other rights than it needs, which it does not hold itself but
// through PUBLIC, another role, or another grantor.
type ExcessError struct{ Rights []Right }

func (e *ExcessError) Error() string {
	return fmt.Sprintf("the role would keep rights that it does not need: %v", e.Rights)
}

// Grant gives a role of PostgreSQL exactly the given rights on the tables, and USAGE on their schema. It revokes all
// others on them. If the role would still have others, Grant changes nothing and returns an *ExcessError. It returns
// the rights on the tables, sorted by table. SQLite has no roles: the schema must be Postgres.
func (s Schema) Grant(ctx context.Context, db *sql.DB, role string, rights map[string][]string) ([]Right, error) {
	tx, err := s.begin(ctx, db)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback() //nolint:errcheck // does nothing after Commit
	if _, err := tx.ExecContext(ctx, s.Lock); err != nil {
		return nil, err
	}
	if err := checkGrantable(ctx, tx, role); err != nil {
		return nil, err
	}
	if err := grant(ctx, tx, role, rights); err != nil {
		return nil, err
	}
	held, err := heldRights(ctx, tx, role)
	if err != nil {
		return nil, err
	}
	needed := rightsOf(rights)
	if excess := without(held, append(needed, schemaUsage)); len(excess) > 0 {
		return nil, &ExcessError{excess}
	}
	return needed, tx.Commit()
}

// Lacking returns the role of the connection, and the rights that the service needs and that this role does not have.
func (s Schema) Lacking(
	ctx context.Context, db *sql.DB,
) (role string, lacking []Right, err error) {
	tx, err := s.begin(ctx, db)
	if err != nil {
		return "", nil, err
	}
	defer tx.Rollback() //nolint:errcheck // the transaction only reads
	if err := tx.QueryRowContext(ctx, "SELECT current_user").Scan(&role); err != nil {
		return "", nil, err
	}
	held, err := heldRights(ctx, tx, role)
	return role, without(append(rightsOf(postgresschema.Rights), schemaUsage), held), err
}

// schemaUsage is the only right on the schema that a role needs.
var schemaUsage = Right{"SCHEMA", "USAGE"}

// rightsOf returns rights, sorted by table.
func rightsOf(rights map[string][]string) (all []Right) {
	for _, table := range slices.Sorted(maps.Keys(rights)) {
		for _, right := range rights[table] {
			all = append(all, Right{table, right})
		}
	}
	return all
}

// without returns the rights that are not among the others. A right on a table includes the same right on its columns.
func without(rights, others []Right) []Right {
	return slices.DeleteFunc(slices.Clone(rights), func(r Right) bool {
		table, _, _ := strings.Cut(r.Right, " (")
		return slices.Contains(others, r) || slices.Contains(others, Right{r.On, table})
	})
}

// checkGrantable returns an error if the role does not exist, if nothing can be withheld from it, or if the caller may
// not grant rights on all tables.
func checkGrantable(ctx context.Context, tx *sql.Tx, role string) error {
	var mayGrant, hasAll bool
	err := tx.QueryRowContext(ctx, `SELECT bool_and(pg_has_role(c.relowner, 'USAGE')),
			bool_or(pg_has_role(r.oid, c.relowner, 'MEMBER'))
		FROM pg_roles r, pg_class c
		WHERE r.rolname::text = $1 AND c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relname = ANY($2)
		GROUP BY r.oid`, role, slices.Collect(maps.Keys(postgresschema.Rights)),
	).Scan(&mayGrant, &hasAll)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return ErrNoRole
	case err != nil:
		return err
	case !mayGrant:
		return ErrNotOwner
	case hasAll:
		return ErrAllRights
	}
	return nil
}

// grant revokes the rights that the role holds on the schema and its tables, and grants it the given ones.
func grant(ctx context.Context, tx *sql.Tx, role string, rights map[string][]string) error {
	var schema, database string
	var mayConnect bool
	err := tx.QueryRowContext(ctx, `SELECT current_schema(), current_database(),
		has_database_privilege($1::text, current_database(), 'CONNECT')`, role).Scan(&schema, &database, &mayConnect)
	if err != nil {
		return err
	}
	in, to := pgx.Identifier{schema}.Sanitize(), pgx.Identifier{role}.Sanitize()
	statements := []string{
		"REVOKE ALL ON SCHEMA " + in + " FROM " + to, "GRANT USAGE ON SCHEMA " + in + " TO " + to,
	}
	if !mayConnect {
		statements = append(statements, "GRANT CONNECT ON DATABASE "+pgx.Identifier{database}.Sanitize()+" TO "+to)
	}
	for table := range postgresschema.Rights {
		on := " ON " + pgx.Identifier{schema, table}.Sanitize()
		statements = append(statements, "REVOKE ALL"+on+" FROM "+to)
		if own := rights[table]; len(own) > 0 {
			statements = append(statements, "GRANT "+strings.Join(own, ", ")+on+" TO "+to)
		}
	}
	for _, statement := range statements {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// heldRights returns the rights that a role has on the schema and its tables, directly or through other roles.
func heldRights(ctx context.Context, tx *sql.Tx, role string) (held []Right, err error) {
	rows, err := tx.QueryContext(ctx, selectHeld, role, slices.Collect(maps.Keys(postgresschema.Rights)))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r Right
		if err := rows.Scan(&r.On, &r.Right); err != nil {
			return nil, err
		}
		held = append(held, r)
	}
	return held, rows.Err()
}

// selectHeld has the parameters role and tables. MAINTAIN exists since PostgreSQL 17.
const selectHeld = `
	WITH tables AS (
		SELECT oid, relname FROM pg_class
		WHERE relnamespace = quote_ident(current_schema())::regnamespace AND relname = ANY($2::text[])
	), kinds AS (
		SELECT unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']
			|| CASE WHEN current_setting('server_version_num')::int >= 170000 THEN ARRAY['MAINTAIN'] END) AS kind
	)
	SELECT relname::text, kind FROM tables, kinds WHERE has_table_privilege($1::text, oid, kind)
	UNION ALL
	SELECT relname::text, kind || ' (' || attname || ')'
		FROM tables JOIN pg_attribute ON attrelid = oid AND attnum > 0 AND NOT attisdropped, kinds
		WHERE kind IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') AND NOT has_table_privilege($1::text, oid, kind)
		AND has_column_privilege($1::text, oid, attnum, kind)
	UNION ALL
	SELECT 'SCHEMA', kind FROM unnest(ARRAY['USAGE', 'CREATE']) AS kind
		WHERE has_schema_privilege($1::text, current_schema(), kind)
	ORDER BY 1, 2`

// insufficientPrivilege is the error code of PostgreSQL for a statement that the role may not run.
const insufficientPrivilege = "42501"

// translate adds ErrNotOwner to the database's error about a missing right.
func translate(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == insufficientPrivilege {
		return fmt.Errorf("%w: %w", ErrNotOwner, err)
	}
	return err
}
