package postgres_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/postgres"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/run"
)

func TestCommitsAndReadsNeedTheSameRoundTripsForAnyNumberOfSlots(t *testing.T) {
	trips := 0
	service := service(open(t, postgres.WithTrips(func() { trips++ })))
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
