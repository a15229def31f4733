package storage

// rowCounts holds how many rows of each kind the run before had.
type rowCounts struct{ steps, values, items int }

// appendRow appends a row to those read before. The first row makes room for as many as the run before had, because runs
// that are read one after another have similar numbers of rows.
func appendRow[R any](rows []R, row R, previous *int) []R {
	if rows == nil {
		rows = make([]R, 0, *previous)
	}
	rows = append(rows, row)
	*previous = len(rows)
	return rows
}
