package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"strings"

	"github.com/procedo/procedo/adapters/migrate"
	"github.com/procedo/procedo/tests/containers"
)

type document struct {
	Out string `arg:"" default:"docs/schema.md" help:"File to write."`
}

// columnsQuery selects the columns of every table except $1, with their types and comments. The tables are in the order
// in which they were created.
const columnsQuery = `SELECT c.relname, obj_description(c.oid), a.attname, format_type(a.atttypid, a.atttypmod),
  NOT a.attnotnull, col_description(c.oid, a.attnum),
  EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey))
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> $1 ORDER BY c.oid, a.attnum`

// Run writes the page of tables and columns. A table or column without a comment is an error.
func (d document) Run() error {
	cluster, err := containers.Postgres(context.Background())
	if err != nil {
		return err
	}
	defer cluster.Stop()
	db, err := sql.Open("pgx", cluster.Template())
	if err != nil {
		return err
	}
	defer db.Close()
	rows, err := db.Query(columnsQuery, migrate.RevisionsTable) //nolint:noctx // a tool run by hand
	if err != nil {
		return err
	}
	defer rows.Close()
	page := strings.Builder{}
	page.WriteString("# The schema\n\nMade from the comments in `schema/postgres` by `make generate`. " +
		"SQLite has the same tables and columns; there numbers, dates, instants and ids are TEXT\n" +
		"(`schema/sqlite`). **Bold** columns are the primary key.\n")
	last := ""
	for rows.Next() {
		var table, column, kind string
		var about, comment sql.NullString
		var nullable, key bool
		if err := rows.Scan(&table, &about, &column, &kind, &nullable, &comment, &key); err != nil {
			return err
		}
		if !about.Valid || !comment.Valid {
			return fmt.Errorf("%s.%s has no comment", table, column)
		}
		if table != last {
			fmt.Fprintf(&page, "\n## %s\n\n%s\n\n| column | type | |\n|---|---|---|\n", table, about.String)
			last = table
		}
		if key {
			column = "**" + column + "**"
		}
		if nullable {
			kind += ", may be NULL"
		}
		fmt.Fprintf(&page, "| %s | %s | %s |\n", column, kind, comment.String)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return os.WriteFile(d.Out, []byte(page.String()), 0o644) //nolint:gosec // a page of the documentation
}
