// Package transfer copies all data of one database into another, from SQLite or PostgreSQL to either. Every row keeps
// its exact content, so the trail of the copy has the same bytes, hashes and signatures.
package transfer

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/procedo/procedo/schema"
)

// Database is one end of a copy. Its schema must be current.
type Database struct {
	DB       *sql.DB
	Postgres bool // false: SQLite
	// Settings makes the settings that each transaction needs. It is nil if there are none.
	Settings func(context.Context, *sql.Tx) error
	// RevisionsTable is the table that the migrations keep for themselves. It is not copied.
	RevisionsTable string
	// Check returns an error if what was read from the database is worthless. It is nil if that cannot happen.
	Check func(context.Context) error
}

// NotEmptyError is the error for a target that has rows already.
type NotEmptyError struct{ Table string }

func (e NotEmptyError) Error() string { return "table " + e.Table + " has rows" }

// Counts holds the number of rows by table.
type Counts map[string]int64

// Copy copies all rows in one transaction of the target: if it fails, the target is as before. It reads one snapshot of
// the source. It holds only a few rows in memory at a time. At the end, it reads the copy and compares it with what it
// has read from the source. It returns a NotEmptyError if the target has rows besides those of the migrations.
func Copy(ctx context.Context, from, to Database) (Counts, error) {
	source, err := from.begin(ctx, true)
	if err != nil {
		return nil, err
	}
	defer source.end()
	target, err := to.begin(ctx, false)
	if err != nil {
		return nil, err
	}
	defer target.end()
	if err := target.lock(ctx); err != nil {
		return nil, err
	}
	tables, err := commonTables(ctx, source, target)
	if err != nil {
		return nil, err
	}
	for _, t := range tables {
		if err := target.checkEmpty(ctx, t.name); err != nil {
			return nil, err
		}
	}
	counts := Counts{}
	for _, t := range tables {
		n, err := copyTable(ctx, source, target, t)
		if err != nil {
			return nil, fmt.Errorf("table %s: %w", t.name, err)
		}
		counts[t.name] = n
	}
	if err := target.setFeedOrigin(ctx, source); err != nil {
		return nil, err
	}
	if from.Check != nil {
		if err := from.Check(ctx); err != nil {
			return nil, err
		}
	}
	return counts, target.tx.Commit()
}

// copyTable copies the rows of a table and compares the copy with them.
func copyTable(ctx context.Context, source, target *end, t table) (n int64, err error) {
	if schema.Prefilled[t.name] {
		if _, err := target.tx.ExecContext(ctx, "DELETE FROM "+t.name); err != nil { //nolint:gosec // a name of the schema
			return 0, err
		}
	}
	read := newDigest()
	err = target.insert(ctx, t, func(add func(row) error) error {
		return source.rows(ctx, t, func(r row) error {
			n++
			read.add(r)
			return add(r)
		})
	})
	if err != nil {
		return 0, err
	}
	written := newDigest()
	err = target.rows(ctx, t, func(r row) error {
		written.add(r)
		return nil
	})
	if err == nil && read.sum() != written.sum() {
		err = errors.New("the copy differs from the original")
	}
	return n, err
}

// table is a table with its columns, and the types of the columns in each database.
type table struct {
	name    string
	columns []string
	key     []string
	types   map[*end]map[string]string
}

// commonTables returns the tables to copy. It returns an error if the databases have other tables or columns than this
// program knows.
func commonTables(ctx context.Context, source, target *end) (all []table, err error) {
	for _, e := range []*end{source, target} {
		present, err := e.tableNames(ctx)
		if err != nil {
			return nil, err
		}
		for _, name := range present {
			if !slices.Contains(schema.Tables, name) {
				return nil, fmt.Errorf("table %s is not one of Procedo’s, so it would not be copied", name)
			}
		}
	}
	for _, name := range schema.Tables {
		if schema.Temporary[name] {
			continue
		}
		t := table{name: name, types: map[*end]map[string]string{}}
		own, err := source.columns(ctx, name)
		if err != nil {
			return nil, err
		}
		theirs, err := target.columns(ctx, name)
		if err != nil {
			return nil, err
		}
		t.columns, t.key = own.names(), own.key
		if !slices.Equal(t.columns, theirs.names()) || !slices.Equal(t.key, theirs.key) || len(t.key) == 0 {
			return nil, fmt.Errorf("table %s does not have the same columns in both databases: %s; %s",
				name, strings.Join(t.columns, ", "), strings.Join(theirs.names(), ", "))
		}
		t.types[source], t.types[target] = own.types, theirs.types
		all = append(all, t)
	}
	return all, nil
}
