package http_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/sqlite"
)

// wideProcedure returns a procedure whose first step has n slots and two checklist items, and a body that commits that
// step.
func wideProcedure(n int) (document, body string) {
	var slots, values []string
	for i := range n {
		slots = append(slots, fmt.Sprintf(`{"name":"s%d","type":"integer"}`, i))
		values = append(values, fmt.Sprintf(`"s%d":%d`, i, i))
	}
	document = fmt.Sprintf(`{"id":"wide-%d","name":"Wide","steps":[{"key":"s","title":"S","slots":[%s],
		"checklist_items":[{"key":"i","label":"I"},{"key":"j","label":"J"}]},{"key":"t","title":"T"}]}`,
		n, strings.Join(slots, ","))
	return document, `{"slots":{` + strings.Join(values, ",") +
		`},"checklist":[{"key":"i","completed":true},{"key":"j","completed":true}]}`
}

func TestACommitSendsTheSameStatementsForAnyNumberOfSlots(t *testing.T) {
	var sent []string
	srv := newTestServer(t, sqlite.WithTrace(func(q string) { sent = append(sent, strings.Fields(q)[0]) }))
	for _, n := range []int{1, 4, 200} {
		document, body := wideProcedure(n)
		require.Equal(t, 201, srv.call("POST", "/procedures", document).status)
		run := srv.call("POST", "/runs", fmt.Sprintf(`{"procedure_id":"wide-%d"}`, n)).body.text("id")
		sent = nil
		require.Equal(t, 200, srv.call("POST", "/runs/"+run+"/steps/s/commit", body).status)
		require.Equal(t,
			"BEGIN SELECT SELECT SELECT SELECT COMMIT BEGIN UPDATE INSERT INSERT INSERT INSERT INSERT COMMIT",
			strings.Join(sent, " "), "%d slots", n)
	}
}

func BenchmarkCommitOverHTTP(b *testing.B) { benchmarkCommits(b, newTestServer(b), func() {}) }

// benchmarkCommits measures commits of a step. Between two of them, it calls reset.
func benchmarkCommits(b *testing.B, srv *testServer, reset func()) {
	b.Helper()
	document, body := wideProcedure(4)
	require.Equal(b, 201, srv.call("POST", "/procedures", document).status)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		reset()
		run := srv.call("POST", "/runs", `{"procedure_id":"wide-4"}`).body.text("id")
		b.StartTimer()
		res, err := http.Post(srv.base+"/runs/"+run+"/steps/s/commit", "application/json", bytes.NewReader([]byte(body)))
		require.NoError(b, err)
		_, err = io.Copy(io.Discard, res.Body)
		require.NoError(b, err)
		require.NoError(b, res.Body.Close())
		require.Equal(b, 200, res.StatusCode)
	}
}
