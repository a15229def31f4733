package postgres

import (
	"slices"
	"strings"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet is designed for dot imports

	"github.com/procedo/procedo/adapters/storage"
)

// The rows that runs own are written only for the runs that the transaction holds: those that it has created, moved or
// locked.

// ownerColumns identify the run of a row, and the head that the change gives the run.
var ownerColumns = []column[runWrite]{
	columnOf(StringColumn("run_id"), "uuid[]", func(w *runWrite) [16]byte { return w.id }),
	columnOf(StringColumn("head_hash"), "text[]", func(w *runWrite) string { return w.Row.Head.Hash }),
}

// heldHeads is a setting. The statements that move or lock runs leave the hashes of their heads in it, separated by
// commas, for the statements after them. It ends with the transaction. Looking up the run of each row takes longer.
const heldHeads = "'procedo.held_heads'"

// holdHeads returns a condition, always true, that adds the heads in a table to heldHeads.
func holdHeads(table string) string {
	return `(SELECT set_config(` + heldHeads + `, concat_ws(',', current_setting(` + heldHeads + `, true),
		string_agg(head_hash, ',')), true) FROM ` + table + `) IS NOT NULL`
}

// isHeld is the condition that the transaction holds the run of a row named own, with the head that the row belongs to.
const isHeld = "own.head_hash = ANY ((SELECT string_to_array(current_setting(" + heldHeads + ", true), ','))::text[])"

// ownRows is a table of the rows, named own.
func ownRows[R any](columns []column[R]) string {
	return "unnest(" + arrays(ownerColumns) + ", " + arrays(columns) +
		") AS own (" + namesOf("", ownerColumns) + ", " + namesOf("", columns) + ")"
}

// insertOwned returns an INSERT of rows that runs own. The clause onConflict may be empty.
func insertOwned[R any](
	rows func(*runWrite) []R, into Table, onConflict string, columns ...column[R],
) *groupStatement {
	return newOwned(rows, columns, "INSERT INTO "+into.TableName()+" (run_id, "+namesOf("", columns)+
		") SELECT own.run_id, "+namesOf("own.", columns)+" FROM "+ownRows(columns)+" WHERE "+isHeld+" "+onConflict)
}

// deleteOwned returns a DELETE of rows that runs own. The columns identify a row within its run.
func deleteOwned[R any](rows func(*runWrite) []R, from Table, columns ...column[R]) *groupStatement {
	name := from.TableName()
	return newOwned(rows, columns, "DELETE FROM "+name+" USING "+ownRows(columns)+" WHERE "+isHeld+
		" AND ("+name+".run_id, "+namesOf(name+".", columns)+") = (own.run_id, "+namesOf("own.", columns)+")")
}

// newOwned returns a statement for rows that runs own. The function rows returns those of a change.
func newOwned[R any](rows func(*runWrite) []R, columns []column[R], text string) *groupStatement {
	s := &groupStatement{statement: prepare(raw(text))}
	addColumns(s, ownerColumns)
	addColumns(s, columns)
	s.encode = func(e *encodedChange, w *runWrite) int {
		all := rows(w)
		if len(all) == 0 {
			return 0
		}
		for _, c := range ownerColumns {
			for range all {
				e.buf = c.append(e.buf, w)
			}
			e.endColumn()
		}
		for _, c := range columns {
			for i := range all {
				e.buf = c.append(e.buf, &all[i])
			}
			e.endColumn()
		}
		return len(all)
	}
	return s
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
