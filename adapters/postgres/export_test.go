package postgres

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
)

var background = context.Background()

// ListStatement returns the statement of ListRuns.
func ListStatement(f app.RunFilter) (query string, args []any) { return listRuns(f).Sql() }

// EventStatement returns the statement of ListEvents.
func EventStatement(f app.EventFilter) (query string, args []any) { return listEvents(f).Sql() }

// Exec runs a statement and fails the test if it returns an error.
func (d *DB) Exec(t interface{ Fatalf(string, ...any) }, query string, args ...any) {
	if _, err := d.pool.Exec(background, query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// Populate runs statements on one connection, without the statement timeout.
func (d *DB) Populate(t interface{ Fatalf(string, ...any) }, statements ...string) {
	conn, err := d.pool.Acquire(background)
	if err != nil {
		t.Fatalf("%v", err)
	}
	defer conn.Release()
	statements = slices.Concat([]string{"SET statement_timeout = 0"}, statements, []string{"RESET statement_timeout"})
	for _, statement := range statements {
		if _, err := conn.Exec(background, statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// Text returns the result of a query with one row and one text column.
func (d *DB) Text(t interface{ Fatalf(string, ...any) }, query string, args ...any) (text string) {
	if err := d.pool.QueryRow(background, query, args...).Scan(&text); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return text
}

// Declared returns all statements that the package has prepared.
func Declared() []storage.Statement { return declared }

// Params returns the number of parameters that PostgreSQL finds in a statement.
func (d *DB) Params(query string) (n int, err error) {
	err = d.pool.AcquireFunc(background, func(conn *pgxpool.Conn) error {
		parsed, err := conn.Conn().Prepare(background, "", query)
		if err == nil {
			n = len(parsed.ParamOIDs)
		}
		return err
	})
	return n, err
}
