package postgres

import (
	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/storage"
)

// One goroutine writes a group while its callers wait. Each caller therefore encodes its own change before it joins the
// group, which then only concatenates the encoded pieces of each array.

// groupStatement is a statement for the rows of several changes. Each column is sent as one array.
type groupStatement struct {
	statement storage.Statement
	names     []string // of the columns
	oids      []uint32 // of the elements of their arrays
	place     int      // in groupStatements
	first     int      // the number of columns of all statements before it

	// encode encodes the rows of a change, column by column, and returns their number. Without rows, it does nothing.
	encode func(*encodedChange, *runWrite) int
}

// The statements that write a group, in their order.
var (
	ownedStatements = []*groupStatement{
		deleteSteps, upsertClosedSteps, upsertOpenSteps, deleteValues, deleteItems, deleteInapplicable,
		insertInapplicable, insertValues, insertItems, insertRunEvents, insertRunFeed,
	}
	groupStatements, columnCount = numbered(append([]*groupStatement{createRuns, moveRuns}, ownedStatements...))
)

// numbered gives each statement its place and numbers the columns. It also returns the number of columns.
func numbered(all []*groupStatement) (same []*groupStatement, columns int) {
	for i, s := range all {
		s.place, s.first = i, columns
		columns += len(s.names)
	}
	return all, columns
}

// addColumns adds columns to a statement. Only arrays that encode themselves can be joined.
func addColumns[R any](s *groupStatement, columns []column[R]) {
	for _, c := range columns {
		if c.append == nil {
			panic("no encoding for arrays of the type " + c.sql)
		}
		s.names, s.oids = append(s.names, c.name.Name()), append(s.oids, c.oid)
	}
}

// encodedChange holds the elements of the arrays of all statements for one change.
type encodedChange struct {
	buf  []byte
	rows []int // of each statement
	ends []int // of each column of each statement, in buf
}

func encodeChange(w *runWrite) encodedChange {
	const perRow = 300 // bytes, more than most rows take
	size := perRow * w.RowCount()
	for i := range w.Change.Events {
		size += len(w.Change.Events[i].Canonical) + len(w.Change.Events[i].Disclosures)
	}
	e := encodedChange{
		buf: make([]byte, 0, size), rows: make([]int, len(groupStatements)), ends: make([]int, 0, columnCount),
	}
	for i, s := range groupStatements {
		e.rows[i] = s.encode(&e, w)
		for len(e.ends) < s.first+len(s.names) { // without rows
			e.endColumn()
		}
	}
	return e
}

func (e *encodedChange) endColumn() { e.ends = append(e.ends, len(e.buf)) }

// column returns the elements of a column. Columns are counted over all statements.
func (e *encodedChange) column(i int) []byte {
	start := 0
	if i > 0 {
		start = e.ends[i-1]
	}
	return e.buf[start:e.ends[i]]
}

// joinedArray is the array of a column for all changes.
type joinedArray struct {
	column, rows int
	oid          uint32
	all          []*runWrite
}

func (a joinedArray) appendTo(buf []byte) []byte {
	buf = appendHeader(buf, a.oid, a.rows)
	for _, w := range a.all {
		buf = append(buf, w.encoded.column(a.column)...)
	}
	return buf
}

// queue adds the statement to a batch, for the rows of all changes. If there are none, it returns nil.
func (s *groupStatement) queue(b *pgx.Batch, all []*runWrite) *pgx.QueuedQuery {
	rows := 0
	for _, w := range all {
		rows += w.encoded.rows[s.place]
	}
	if rows == 0 {
		return nil
	}
	values := make(args, len(s.names))
	for i, name := range s.names {
		values[name] = joinedArray{s.first + i, rows, s.oids[i], all}
	}
	return queue(b, s.statement.Bind(values))
}

// queueRows is like queue. When the batch is sent, scanRow is called with each row of the result.
func (s *groupStatement) queueRows(b *pgx.Batch, all []*runWrite, scanRow func(pgx.Rows) error) {
	if q := s.queue(b, all); q != nil {
		q.Query(func(rows pgx.Rows) error { return eachRow(rows, scanRow) })
	}
}

// queueOwned adds to a batch the statements for the rows that the runs of the changes own.
func queueOwned(b *pgx.Batch, all []*runWrite) {
	for _, s := range ownedStatements {
		s.queue(b, all)
	}
}
