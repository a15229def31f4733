package sqlite_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/adapters/secrets"
	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/adapters/sqlite/sqlitetest"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/tests/contract"
)

func openStorage(db *sqlite.DB, options ...storage.Option) storage.Storage {
	return sqlite.Storage(db, cel.Language{}, memory.KeepDefinitions(100), options...)
}

func TestStorage(t *testing.T) {
	contract.RunStorage(t, func(t *testing.T) storage.Storage { return openStorage(sqlitetest.Open(t)) })
}

func TestStorageWithAKeyset(t *testing.T) {
	contract.RunStorage(t, func(t *testing.T) storage.Storage {
		k, err := secrets.Generate()
		require.NoError(t, err)
		return openStorage(sqlitetest.Open(t), storage.WithSecrets(k))
	})
}

func TestSecrets(t *testing.T) {
	contract.RunSecrets(t, func(t *testing.T) contract.OpenStorage {
		db := sqlitetest.Open(t)
		return func(k projection.Secrets) storage.Storage { return openStorage(db, storage.WithSecrets(k)) }
	})
}
