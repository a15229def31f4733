package postgres_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/adapters/postgres"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/tests/containers"
	"github.com/procedo/procedo/tests/contract"
)

var cluster *containers.Cluster

func TestMain(m *testing.M) { os.Exit(containers.Run(m, &cluster)) }

func open(t testing.TB, options ...postgres.Option) *postgres.DB {
	t.Helper()
	db, err := postgres.Open(t.Context(), cluster.Database(t), options...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func openStorage(db *postgres.DB) storage.Storage {
	return postgres.Storage(db, cel.Language{}, memory.KeepDefinitions(100))
}

func service(db *postgres.DB) *app.Service {
	p := openStorage(db).App
	p.Clock, p.Random = system.Clock{}, system.Random{}
	return app.New(p)
}

func TestStorage(t *testing.T) {
	contract.RunStorage(t, func(t *testing.T) storage.Storage { return openStorage(open(t)) })
}
