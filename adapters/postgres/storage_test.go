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
	"github.com/procedo/procedo/core/app/apptest"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
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

func openStorage(db *postgres.DB, options ...storage.Option) storage.Storage {
	return postgres.Storage(db, cel.Language{}, memory.KeepDefinitions(100), options...)
}

func service(db *postgres.DB) *app.UseCases { return serviceOver(openStorage(db)) }

func serviceOver(s storage.Storage) *app.UseCases {
	p := s.App
	p.Clock, p.Random = system.Clock{}, system.Random{}
	return apptest.New(p)
}

func TestStorage(t *testing.T) {
	contract.RunStorage(t, func(t *testing.T) storage.Storage { return openStorage(open(t)) })
}

func TestSecrets(t *testing.T) {
	contract.RunSecrets(t, func(t *testing.T) contract.OpenStorage {
		db := open(t)
		return func(k projection.Secrets) storage.Storage { return openStorage(db, storage.WithSecrets(k)) }
	})
}

// checkEverythingWorks publishes a procedure, executes a run of it, and reads both.
func checkEverythingWorks(t testing.TB, s *app.UseCases) {
	t.Helper()
	doc, err := jsondoc.Parse([]byte(`{"id":"p","name":"P","steps":[{"key":"s","title":"S",
		"slots":[{"name":"d","type":"date"},{"name":"n","type":"number"},{"name":"secret","type":"text","sensitive":true}]}]}`))
	require.NoError(t, err)
	request := app.Request{ID: "request"}
	_, err = s.SaveDefinition(t.Context(), request, doc)
	require.NoError(t, err)
	started, err := s.StartRun(t.Context(), request, app.StartInput{ProcedureID: "p"})
	require.NoError(t, err)
	commit := run.Commit{Submission: run.Submission{Step: "s", Slots: map[string][]byte{
		"d": []byte(`"2024-02-29"`), "n": []byte("0.10"), "secret": []byte(`"x"`),
	}}}
	_, err = s.Execute(t.Context(), request, started.ID, commit)
	require.NoError(t, err)
	done, err := s.Run(t.Context(), started.ID)
	require.NoError(t, err)
	require.Equal(t, run.Completed, done.State)
	list, err := s.ListRuns(t.Context(), app.RunFilter{Size: app.PageSize{Items: 1}})
	require.NoError(t, err)
	require.NotEmpty(t, list)
}
