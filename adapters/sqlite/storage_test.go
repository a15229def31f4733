package sqlite_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/adapters/sqlite/sqlitetest"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/tests/contract"
)

func storage(t testing.TB, db *sqlite.DB) contract.Storage {
	t.Helper()
	procedures := sqlite.Procedures{DB: db}
	definitions, err := memory.NewDefinitions(app.Stored{Procedures: procedures, Language: cel.Language{}}, 100)
	require.NoError(t, err)
	runs := sqlite.Runs{DB: db, Definitions: definitions}
	return contract.Storage{
		Procedures: procedures, Definitions: definitions, Runs: runs, RunList: runs,
		Trail: sqlite.Trail{DB: db}, Receipts: sqlite.Receipts{DB: db},
	}
}

func TestStorage(t *testing.T) {
	contract.RunStorage(t, func(t *testing.T) contract.Storage { return storage(t, sqlitetest.Open(t)) })
}
