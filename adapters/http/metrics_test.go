package http_test

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMetricsCountRequestsCommitsAndIssues(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startTwoSteps()
	commit := "/runs/" + run + "/steps/first/commit"
	srv.call("POST", commit, `{"slots": {"nobody": 1}}`)
	srv.call("POST", commit, commitFirst, "Idempotency-Key", "once")
	srv.call("POST", commit, commitFirst, "Idempotency-Key", "once")
	srv.call("POST", "/runs/0/steps/first/commit", `{}`)
	srv.call("GET", "/nowhere", "")

	r := srv.call("GET", "/metrics", "", "Accept",
		"application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1")
	require.Equal(t, 200, r.status)
	require.Regexp(t, `^text/plain; version=0\.0\.4`, r.header.Get("Content-Type"))
	for _, line := range []string{
		`procedo_commits_total{outcome="accepted"} 1`,
		`procedo_commits_total{outcome="repeated"} 1`,
		`procedo_commits_total{outcome="values.invalid"} 1`,
		`procedo_issues_total{code="validation.unexpected_slot"} 1`,
		`procedo_request_seconds_count{operation="none",status="404"} 1`,
		`procedo_request_seconds_count{operation="POST /runs/{run_id}/steps/{step_key}/commit",status="200"} 2`,
	} {
		require.Contains(t, string(r.raw), line+"\n")
	}
	require.NotRegexp(t, regexp.MustCompile(run), string(r.raw), "no label holds an id")
}
