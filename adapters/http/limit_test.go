package http_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/ratelimit"
	"github.com/procedo/procedo/core/app"
)

// newLimitedServer returns a server with a limit of refusals and a limit of requests; 0 means that there is none.
func newLimitedServer(t *testing.T, refusals, requests int) *testServer {
	t.Helper()
	var s limits
	if refusals > 0 {
		s.options = append(s.options, app.WithRefusalLimit(ratelimit.New(refusals)))
	}
	if requests > 0 {
		s.requests = ratelimit.New(requests)
	}
	return newTestServerLimited(t, s, func(*app.Ports) {})
}

func (r reply) requireLimited(t *testing.T, code, policy string, limit int) {
	t.Helper()
	require.Equal(t, 429, r.status, "%s", r.raw)
	require.Equal(t, code, r.body["code"])
	require.Equal(t, "application/problem+json", r.header.Get("Content-Type"))
	wait := r.header.Get("Retry-After")
	require.NotEmpty(t, wait)
	require.EqualValues(t, wait, fmt.Sprint(r.body.object("params")["retry_after"]))
	require.Equal(t, fmt.Sprintf(`"%s";r=0;t=%s`, policy, wait), r.header.Get("RateLimit"))
	require.Equal(t, fmt.Sprintf(`"%s";q=%d;w=60`, policy, limit), r.header.Get("RateLimit-Policy"))
}

// TestRefusedCommandsBeyondTheLimitAre429 sends commands that are refused for every kind of reason. Beyond the limit
// they are 429 and leave no trace, for every actor from this address. What is accepted, and what only reads, passes.
func TestRefusedCommandsBeyondTheLimitAre429(t *testing.T) {
	srv := newLimitedServer(t, 5, 0)
	id, over := srv.startTwoSteps(), srv.startTwoSteps()
	require.Equal(t, 200, srv.call("POST", "/runs/"+over+"/fail", `{"reason":"x"}`).status)
	run, final := "/runs/"+id, "/runs/"+over
	for i := range 5 {
		r := srv.call("POST", run+"/steps/last/commit", "{}", "X-Actor", fmt.Sprint("actor ", i))
		require.Equal(t, 409, r.status, "a refusal within the limit")
	}
	seq := srv.call("GET", run, "").body["seq"]
	finalSeq := srv.call("GET", final, "").body["seq"]
	for i, c := range []struct{ method, path, body, header, value string }{
		{"POST", run + "/steps/last/commit", `{}`, "", ""},
		{"POST", run + "/steps/first/commit", `{"slots":{"unknown":1}}`, "", ""},
		{"POST", run + "/steps/first/commit", commitFirst, "If-Match", `"99-1-"`},
		{"POST", run + "/steps/last/commit", `{}`, "Idempotency-Key", "k"},
		{"POST", run + "/steps/last/commit", ``, "", ""},
		{"PATCH", run + "/steps/first", `{"slots":{"unknown":1}}`, "", ""},
		{"POST", run + "/steps/first/skip", `{"reason":"x"}`, "", ""},
		{"POST", run + "/steps/first/amend", `{"reason":"x"}`, "", ""},
		{"POST", run + "/fail", `{"reason":" "}`, "", ""},
		{"POST", run + "/erasures", `{"reason":"x","places":[{"slot":"first.unknown"}]}`, "", ""},
		{"POST", final + "/steps/first/commit", commitFirst, "", ""},
		{"POST", final + "/fail", `{"reason":"x"}`, "", ""},
	} {
		headers := []string{"X-Actor", fmt.Sprint("another ", i), c.header, c.value}
		if c.header == "" {
			headers = headers[:2]
		}
		r := srv.call(c.method, c.path, c.body, headers...)
		r.requireLimited(t, "rate.refusals", "refusals-by-address", 5)
	}
	require.Equal(t, seq, srv.call("GET", run, "").body["seq"])
	require.Equal(t, finalSeq, srv.call("GET", final, "").body["seq"])
	require.Equal(t, 404, srv.call("POST", "/runs/none/fail", `{"reason":"x"}`).status)
	require.Equal(t, 400, srv.call("POST", run+"/fail", `{`).status)

	fr := srv.call("POST", run+"/steps/last/commit", "{}", "Accept-Language", "fr")
	require.Contains(t, fr.body["detail"], "provenant de cette adresse réseau dépassent 5 par minute")
	require.Contains(t, fr.body["title"], "refusées")

	for range 3 { // a commit that is accepted, and its repeats
		require.Equal(t, 200, srv.call("POST", run+"/steps/first/commit", commitFirst).status)
	}
	require.Equal(t, 200, srv.call("POST", run+"/steps/last/commit", "{}", "Idempotency-Key", "k").status)
	require.Equal(t, "true", srv.call("POST", run+"/steps/last/commit", "{}", "Idempotency-Key", "k").
		header.Get("Idempotency-Replayed"))
}

func TestALimitOfRequestsHoldsForAllButTheProbes(t *testing.T) {
	srv := newLimitedServer(t, 0, 20)
	for range 20 {
		require.Equal(t, 200, srv.call("GET", "/procedures", "").status)
	}
	for i, c := range []struct{ method, path, body string }{
		{"GET", "/procedures", ""}, {"GET", "/runs", ""}, {"POST", "/procedures/lint", twoSteps}, {"GET", "/unknown", ""},
		{"POST", "/runs", `{"procedure_id":"x"}`}, {"GET", "/openapi.json", ""}, {"DELETE", "/runs", ""},
		{"POST", "/runs", strings.Repeat("x", 2<<20)},
	} {
		r := srv.call(c.method, c.path, c.body, "X-Actor", fmt.Sprint("actor ", i))
		r.requireLimited(t, "rate.requests", "requests-by-address", 20)
	}
	head := srv.call("HEAD", "/runs", "")
	require.Equal(t, 429, head.status)
	require.NotEmpty(t, head.header.Get("Retry-After"))
	srv.call("GET", "/runs", "", "X-Actor", strings.Repeat("x", 300)).
		requireLimited(t, "rate.requests", "requests-by-address", 20)
	for _, probe := range []string{"/livez", "/readyz", "/metrics"} {
		for range 30 {
			require.Equal(t, 200, srv.call("GET", probe, "").status)
		}
	}
	wait := srv.call("GET", "/runs", "").header.Get("Retry-After")
	d, err := time.ParseDuration(wait + "s")
	require.NoError(t, err)
	require.LessOrEqual(t, d, 4*time.Second, "an allowance of 20 comes back at one in three seconds")
}

// The address is that of the peer: a client cannot choose it.
func TestForwardingHeadersDoNotChangeTheAddress(t *testing.T) {
	srv := newLimitedServer(t, 0, 3)
	for i := range 3 {
		srv.call("GET", "/runs", "", "X-Actor", fmt.Sprint(i))
	}
	for _, header := range []string{"X-Forwarded-For", "Forwarded", "X-Real-IP", "True-Client-IP"} {
		srv.call("GET", "/runs", "", "X-Actor", "other", header, "192.0.2.7").
			requireLimited(t, "rate.requests", "requests-by-address", 3)
	}
}
