package sqlite

import (
	"strings"

	codes "modernc.org/sqlite/lib"

	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/fault"
)

// translateCode converts an error with a result code of SQLite. Whatever is wrong with the file is a fault of kind
// fault.Unavailable: no request causes it, and somebody may repair it while the service runs.
func translateCode(code int, err error) error {
	switch code {
	case codes.SQLITE_READONLY_DBMOVED:
		return storage.Moved(err)
	case codes.SQLITE_IOERR_SHORT_READ, codes.SQLITE_IOERR_CORRUPTFS, codes.SQLITE_IOERR_DATA: // cut off, or garbled
		return storage.Damaged(err)
	}
	switch code & 0xff {
	case codes.SQLITE_FULL:
		return storage.Full(err)
	case codes.SQLITE_READONLY:
		return storage.ReadOnly(err)
	case codes.SQLITE_CORRUPT, codes.SQLITE_NOTADB, codes.SQLITE_FORMAT:
		return storage.Damaged(err)
	case codes.SQLITE_IOERR, codes.SQLITE_CANTOPEN, codes.SQLITE_PERM, codes.SQLITE_AUTH, codes.SQLITE_NOLFS:
		return storage.Unreadable(err)
	case codes.SQLITE_BUSY, codes.SQLITE_LOCKED, codes.SQLITE_INTERRUPT, codes.SQLITE_PROTOCOL, codes.SQLITE_NOMEM,
		codes.SQLITE_SCHEMA:
		return storage.Unavailable(err)
	case codes.SQLITE_ERROR:
		if lacksSchema(err) {
			return storage.NoSchema(err)
		}
	}
	return fault.New(fault.Internal, "service.internal", nil).Because(err)
}

// lacksSchema reports whether an error means that a table or column does not exist. SQLite has no code for that.
func lacksSchema(err error) bool {
	text := err.Error()
	for _, missing := range []string{"no such table", "no such column", "has no column named"} {
		if strings.Contains(text, missing) {
			return true
		}
	}
	return false
}
