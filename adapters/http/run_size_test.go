package http_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// fillRun saves drafts of nearly 1 MiB each, in slots of their own, until one is refused.
func (srv *testServer) fillRun(slots int) (run string, refused reply) {
	srv.t.Helper()
	defs := make([]string, slots)
	for i := range defs {
		defs[i] = fmt.Sprintf(`{"name":"s%d","type":"text","required":false}`, i)
	}
	require.Equal(srv.t, 201, srv.call("POST", "/procedures", `{"id":"large","name":"Large","steps":[
		{"key":"a","title":"A","slots":[`+strings.Join(defs, ",")+`]},{"key":"b","title":"B","skippable":true}]}`).status)
	run = "/runs/" + srv.call("POST", "/runs", `{"procedure_id":"large"}`).body.text("id")
	value := strings.Repeat("é", 500_000)
	for i := range slots {
		if r := srv.call("PATCH", run+"/steps/a", fmt.Sprintf(`{"slots":{"s%d":%q}}`, i, value)); r.status != 200 {
			return run, r
		}
	}
	srv.t.Fatal("no draft was refused")
	return "", reply{}
}

func TestARunBeyondItsLimitIsRefusedAndCanBeBroughtToItsEnd(t *testing.T) {
	srv := newTestServer(t)
	run, r := srv.fillRun(12)
	require.Equal(t, 422, r.status)
	require.Equal(t, "run.too_large", r.body["code"])
	require.EqualValues(t, 8<<20, r.body.object("params")["max"])
	require.Greater(t, r.body.object("params")["size"], float64(8<<20))
	require.Equal(t, []string{"slots validation.run_size"}, r.codes())
	require.Contains(t, r.body["detail"], "the limit is 8,388,608")
	inFrench := srv.call("PATCH", run+"/steps/a", fmt.Sprintf(`{"slots":{"s9":%q}}`, strings.Repeat("é", 500_000)),
		"Accept-Language", "fr")
	require.Contains(t, inFrench.body["detail"], "la limite est de 8\u202f388\u202f608")

	require.Equal(t, 200, srv.call("POST", run+"/steps/a/commit", `{}`).status)
	r = srv.call("POST", run+"/steps/b/skip", `{"reason":"not needed"}`)
	require.Equal(t, 200, r.status, string(r.raw))
	require.Equal(t, "completed", r.body["state"])
}
