package http_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func BenchmarkReadRunOverHTTP(b *testing.B) {
	srv := newTestServer(b)
	srv.loadDemo()
	run := srv.call("POST", "/runs", `{"procedure_id":"incident-paiement-instantane"}`).body.text("id")
	b.ReportAllocs()
	for b.Loop() {
		res, err := http.Get(srv.base + "/runs/" + run)
		require.NoError(b, err)
		_, err = io.Copy(io.Discard, res.Body)
		require.NoError(b, err)
		require.NoError(b, res.Body.Close())
		require.Equal(b, 200, res.StatusCode)
	}
}
