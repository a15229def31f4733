package main

import (
	"context"
	"database/sql"
	"os"

	"github.com/procedo/procedo/schema"
)

// writeObjects writes the objects that a query finds in a database into a file, for audit verify to compare.
func writeObjects(ctx context.Context, db *sql.DB, query, name string) error {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	var all []schema.Object
	for rows.Next() {
		var o schema.Object
		if err := rows.Scan(&o.Kind, &o.Name, &o.Definition); err != nil {
			return err
		}
		all = append(all, o)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	text, err := schema.WriteObjects(all)
	if err != nil {
		return err
	}
	return os.WriteFile(name, text, 0o644) //nolint:gosec // a source file
}
