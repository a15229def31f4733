package sqlite_test

import (
	"testing"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/adapters/sqlite/sqlitetest"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/tests/contract"
)

func openStorage(db *sqlite.DB) storage.Storage {
	return sqlite.Storage(db, cel.Language{}, memory.KeepDefinitions(100))
}

func TestStorage(t *testing.T) {
	contract.RunStorage(t, func(t *testing.T) storage.Storage { return openStorage(sqlitetest.Open(t)) })
}
