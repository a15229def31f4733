package postgres_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/postgres/postgrestest"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/tests/containers"
)

func TestCommitsAndReadsNeedTheSameRoundTripsForAnyNumberOfSlots(t *testing.T) {
	trips := 0
	service := service(open(t, postgrestest.WithTrips(func(...string) { trips++ })))
	for _, n := range []int{1, 4, 200} {
		var slots []string
		values := map[string][]byte{}
		for i := range n {
			slots = append(slots, fmt.Sprintf(`{"name":"s%d","type":"integer"}`, i))
			values[fmt.Sprintf("s%d", i)] = []byte(fmt.Sprint(i))
		}
		doc, err := jsondoc.Parse(fmt.Appendf(nil,
			`{"id":"wide-%d","name":"Wide","steps":[{"key":"s","title":"S","slots":[%s]},{"key":"t","title":"T"}]}`,
			n, strings.Join(slots, ",")))
		require.NoError(t, err)
		request := app.Request{}
		_, err = service.CreateProcedure(t.Context(), request, doc)
		require.NoError(t, err)
		started, err := service.StartRun(t.Context(), request, app.StartInput{ProcedureID: fmt.Sprintf("wide-%d", n)})
		require.NoError(t, err)
		trips = 0
		commit := run.Commit{Submission: run.Submission{Step: "s", Slots: values}}
		_, err = service.Execute(t.Context(), request, started.ID, commit)
		require.NoError(t, err)
		require.Equal(t, 2, trips, "%d slots", n)
		trips = 0
		_, err = service.Run(t.Context(), started.ID)
		require.NoError(t, err)
		require.Equal(t, 1, trips)
	}
}

// What the driver tells of is what crosses the network, once a connection knows the statements.
func TestACommitAndAReadNeedThreeRoundTripsOfTheNetwork(t *testing.T) {
	proxy, address := containers.StartProxy(t, cluster.Database(t))
	trips := 0
	service := service(openAt(t, address, postgrestest.WithTrips(func(...string) { trips++ })))
	doc, err := jsondoc.Parse([]byte(
		`{"id":"p","name":"P","steps":[{"key":"s","title":"S","slots":[{"name":"n","type":"integer"}]}]}`))
	require.NoError(t, err)
	_, err = service.CreateProcedure(t.Context(), app.Request{}, doc)
	require.NoError(t, err)
	fewest := 1 << 10 // a connection that was idle for a second is asked first whether it is alive
	for range 10 {
		started, err := service.StartRun(t.Context(), app.Request{}, app.StartInput{ProcedureID: "p"})
		require.NoError(t, err)
		before := proxy.RoundTrips()
		trips = 0
		commit := run.Commit{Submission: run.Submission{Step: "s", Slots: map[string][]byte{"n": []byte("1")}}}
		_, err = service.Execute(t.Context(), app.Request{}, started.ID, commit)
		require.NoError(t, err)
		_, err = service.Run(t.Context(), started.ID)
		require.NoError(t, err)
		require.Equal(t, 3, trips)
		fewest = min(fewest, proxy.RoundTrips()-before)
	}
	require.Equal(t, 3, fewest)
}
