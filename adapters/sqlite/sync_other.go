//go:build !unix

package sqlite

import "os"

// syncFile does nothing: Windows syncs neither folders nor files that are open for reading only. SQLite itself has
// synced what it wrote.
func syncFile(*os.File) error { return nil }
