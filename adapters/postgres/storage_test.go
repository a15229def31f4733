package postgres_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/adapters/postgres"
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

func storage(db *postgres.DB) app.Ports {
	return postgres.Ports(db, cel.Language{}, memory.KeepDefinitions(100))
}

func service(db *postgres.DB) *app.Service {
	p := storage(db)
	p.Clock, p.Random = system.Clock{}, system.Random{}
	return app.New(p)
}

func TestStorage(t *testing.T) {
	contract.RunStorage(t, func(t *testing.T) app.Ports { return storage(open(t)) })
}
