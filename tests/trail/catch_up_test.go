package trail

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/caching"
	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/adapters/postgres"
	"github.com/procedo/procedo/adapters/postgres/postgrestest"
)

// The cache waits for missing events for a shorter time than the settings of a read allow, so they are read without
// these. Neither adapter knows the time of the other.
func TestACachedRunCatchesUpWithTwoStatements(t *testing.T) {
	address := cluster.Database(t)
	var trips [][]string
	open := func(options ...postgres.Option) (s service) {
		db, err := postgres.Open(t.Context(), address, options...)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		storage := postgres.Storage(db, cel.Language{}, memory.KeepDefinitions(10))
		storage.App, err = caching.Decorate(storage.App, caching.Caches{
			Runs:       memory.NewCache(1<<20, caching.SizeOfRun),
			Procedures: memory.NewCache(1<<20, caching.SizeOfProcedure),
			Pages:      memory.NewCache(1<<20, caching.SizeOfPage),
		}, prometheus.NewRegistry())
		require.NoError(t, err)
		return newService(storage)
	}
	writer, reader := open(), open(postgrestest.WithTrips(func(all ...string) { trips = append(trips, all) }))
	save(t, writer, 4)
	id := start(t, writer, 10)
	_, err := reader.Run(t.Context(), id)
	require.NoError(t, err)
	for step := range 3 {
		_, err = writer.Execute(t.Context(), request, id, commit(step))
		require.NoError(t, err)
		trips = nil
		r, err := reader.Run(t.Context(), id)
		require.NoError(t, err)
		current, err := writer.Run(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, current.Seq, r.Seq)
	}
	require.Len(t, trips, 2, "the head and the events: %s", trips)
	for _, statements := range trips {
		require.Len(t, statements, 1)
	}
	require.Contains(t, trips[1][0], "audit_events")
}
