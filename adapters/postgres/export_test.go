package postgres

import (
	"context"

	"github.com/procedo/procedo/core/app"
)

var background = context.Background()

// ListStatement is what ListRuns sends.
func ListStatement(f app.RunFilter) (query string, args []any) { return listRuns(f).Sql() }

// Exec runs a statement for a test.
func (d *DB) Exec(t interface{ Fatalf(string, ...any) }, query string, args ...any) {
	if _, err := d.pool.Exec(background, query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// Text reads one text for a test.
func (d *DB) Text(t interface{ Fatalf(string, ...any) }, query string, args ...any) (text string) {
	if err := d.pool.QueryRow(background, query, args...).Scan(&text); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return text
}
