package schema

import (
	"io/fs"
	"slices"
	"strings"
)

// Revisions is what the table of the applied migrations says about a database: the version of the newest migration, and
// the number of migrations.
type Revisions struct {
	Newest string
	Count  int
}

// RevisionsOf returns what the table says after the given up migrations. Each file name begins with a version.
func RevisionsOf(up fs.FS) (r Revisions) {
	names, _ := fs.Glob(up, "*.sql") // only a malformed pattern is an error
	slices.Sort(names)
	for _, name := range names {
		r.Newest, _, _ = strings.Cut(name, "_")
		r.Count++
	}
	return r
}
