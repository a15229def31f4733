// Package storage holds what the storage adapters share: code that is the same whichever database the rows come from.
package storage

// AppendRow appends a row to those read before. The first row makes room for as many as the run before had: runs are read
// one after another and have similar numbers of rows.
func AppendRow[R any](rows []R, row R, previous *int) []R {
	if rows == nil {
		rows = make([]R, 0, *previous)
	}
	rows = append(rows, row)
	*previous = len(rows)
	return rows
}
