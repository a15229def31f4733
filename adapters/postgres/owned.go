package postgres

import (
	"slices"
	"strings"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet is designed for dot imports
	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/storage"
)

// ownedRows are rows of several runs. They are written only for the runs that have moved: a run's row then has the
// hash of the head after the change.
type ownedRows[R any] struct {
	owners []*runWrite // one for each row
	rows   []R
}

func (o *ownedRows[R]) add(w *runWrite, rows []R) {
	for range rows {
		o.owners = append(o.owners, w)
	}
	o.rows = append(o.rows, rows...)
}

// The columns that say whose rows they are.
var ownerColumns = []column[*runWrite]{
	columnOf(StringColumn("run_id"), "uuid[]", func(w **runWrite) [16]byte { return (*w).id }),
	columnOf(StringColumn("head_hash"), "text[]", func(w **runWrite) string { return (*w).Row.Head.Hash }),
}

// owned is a statement for rows of several runs.
type owned[R any] struct {
	statement storage.Statement
	columns   []column[R]
}

// ofMovedRuns is the FROM clause with the rows named own, without those of runs that have not moved.
func ofMovedRuns[R any](columns []column[R]) string {
	return "unnest(#run_id::uuid[], #head_hash::text[], " + arrays(columns) +
		") AS own (run_id, head_hash, " + namesOf("", columns) + ")" +
		" JOIN runs ON runs.id = own.run_id AND runs.head_hash = own.head_hash"
}

// insertOwned returns an INSERT of rows of several runs. The clause onConflict may be empty.
func insertOwned[R any](into Table, onConflict string, columns ...column[R]) owned[R] {
	return newOwned(columns, "INSERT INTO "+into.TableName()+" (run_id, "+namesOf("", columns)+
		") SELECT own.run_id, "+namesOf("own.", columns)+" FROM "+ofMovedRuns(columns)+" "+onConflict)
}

// deleteOwned returns a DELETE of rows of several runs. The columns identify a row within its run.
func deleteOwned[R any](from Table, columns ...column[R]) owned[R] {
	name := from.TableName()
	return newOwned(columns, "DELETE FROM "+name+" USING "+ofMovedRuns(columns)+
		" WHERE ("+name+".run_id, "+namesOf(name+".", columns)+") = (own.run_id, "+namesOf("own.", columns)+")")
}

func newOwned[R any](columns []column[R], text string) owned[R] {
	return owned[R]{prepare(raw(text)), columns}
}

// raw returns a statement with parameters of the form #name.
func raw(text string) builder { return RawStatement(storage.Named(text)) }

// upsert returns the clause that replaces a row with the same key. The key includes the run.
func upsert(key ColumnList, replaced ...Column) string {
	keys, sets := make([]string, len(key)), make([]string, len(replaced))
	for i, c := range key {
		keys[i] = c.Name()
	}
	for i, c := range replaced {
		sets[i] = c.Name() + " = excluded." + c.Name()
	}
	return "ON CONFLICT (" + strings.Join(keys, ", ") + ") DO UPDATE SET " + strings.Join(sets, ", ")
}

// queue adds the statement to a batch. Without rows, it does nothing.
func (s owned[R]) queue(b *pgx.Batch, all ownedRows[R]) {
	if len(all.rows) == 0 {
		return
	}
	values := arraysOf(s.columns, all.rows)
	for _, c := range ownerColumns {
		values[c.name.Name()] = c.array(all.owners)
	}
	queue(b, s.statement.Bind(values))
}

// arraysOf returns the parameters of a statement for many rows: an array for each column.
func arraysOf[R any](columns []column[R], rows []R) args {
	values := make(args, len(columns)+2)
	for _, c := range columns {
		values[c.name.Name()] = c.array(rows)
	}
	return values
}

// namesOf returns the names of columns, each after a prefix.
func namesOf[R any](prefix string, columns []column[R]) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = prefix + c.name.Name()
	}
	return strings.Join(names, ", ")
}

// setsOf returns the assignments that take the columns from a table.
func setsOf[R any](from string, columns []column[R]) string {
	sets := make([]string, len(columns))
	for i, c := range columns {
		sets[i] = c.name.Name() + " = " + from + "." + c.name.Name()
	}
	return strings.Join(sets, ", ")
}

// tableOf returns a table made of columns. The array of each column is the parameter of the same name.
func tableOf[R any](alias string, columns []column[R]) string {
	return unnest(columns) + " AS " + alias + " (" + namesOf("", columns) + ")"
}

// withColumns returns the columns followed by others.
func withColumns[R any](columns []column[R], others ...column[R]) []column[R] {
	return slices.Concat(columns, others)
}
