package sqlite_test

import (
	"testing"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/adapters/sqlite/sqlitetest"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/tests/contract"
)

func storage(db *sqlite.DB) app.Ports {
	return sqlite.Ports(db, cel.Language{}, memory.KeepDefinitions(100))
}

func TestStorage(t *testing.T) {
	contract.RunStorage(t, func(t *testing.T) app.Ports { return storage(sqlitetest.Open(t)) })
}
