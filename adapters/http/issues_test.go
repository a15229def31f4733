package http_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/fault"
)

// TestAnAnswerListsAtMost256IssuesAndTheirNumber sends bodies with hundreds of issues of every kind to each operation.
func TestAnAnswerListsAtMost256IssuesAndTheirNumber(t *testing.T) {
	const many = 600
	srv := newTestServer(t)
	run := "/runs/" + srv.startTwoSteps()
	numbered := func(format string) string {
		all := make([]string, many)
		for i := range all {
			all[i] = fmt.Sprintf(format, i)
		}
		return strings.Join(all, ",")
	}
	long := strings.Repeat("é", 20_000)
	unknown := `{"name":"N","steps":[{"key":"a","title":"T"}],` + numbered(`"u%d":1`) + `}`
	for name, c := range map[string]struct {
		method, path, body string
		status, count      int
	}{
		"create":     {"POST", "/procedures", unknown, 422, many},
		"publish":    {"PUT", "/procedures/two-steps", unknown, 422, many},
		"lint":       {"POST", "/procedures/lint", unknown, 200, many},
		"simulate":   {"POST", "/procedures/simulate", `{"definition":` + unknown + `}`, 422, many},
		"start":      {"POST", "/runs", `{"procedure_id":"two-steps","metadata":{` + numbered(`"u%d":1e400`) + `}}`, 422, many},
		"commit":     {"POST", run + "/steps/first/commit", `{"slots":{` + numbered(`"u%d":1`) + `}}`, 422, many + 2},
		"draft":      {"PATCH", run + "/steps/first", `{"slots":{` + numbered(`"u%d":1`) + `}}`, 422, many},
		"items":      {"PATCH", run + "/steps/first", `{"checklist":[` + numbered(`{"key":"u%d","completed":true}`) + `]}`, 422, many},
		"malformed":  {"PATCH", run + "/steps/first", `{"checklist":[` + numbered(`%d`) + `]}`, 400, many},
		"members":    {"PATCH", run + "/steps/first", `{` + numbered(`"u%d":1`) + `}`, 400, many},
		"parameters": {"GET", "/runs?" + strings.ReplaceAll(numbered("u%d"), ",", "&"), "", 400, many},
		"long names": {"PATCH", run + "/steps/first", `{"slots":{"a` + long + `":1,"b` + long + `":1}}`, 422, 2},
		"a name":     {"PATCH", run + "/steps/first", `{"` + long + `":1}`, 400, 1},
		"few":        {"PATCH", run + "/steps/first", `{"slots":{"x":1}}`, 422, 1},
	} {
		t.Run(name, func(t *testing.T) {
			r := srv.with(t).call(c.method, c.path, c.body, "If-Match", "*")
			require.Equal(t, c.status, r.status, "%.1000s", r.raw)
			require.InDelta(t, c.count, r.body["issue_count"], 0)
			require.Len(t, r.body["issues"], min(c.count, fault.MaxIssues))
			require.Less(t, len(r.raw), 100_000)
			if c.status == 200 {
				require.InDelta(t, 0, r.body["warning_count"], 0)
			}
		})
	}
	older := `{"format":"0.1","id":"older","name":"N","steps":[{"key":"a","title":"T"}],` + numbered(`"u%d":1`) + `}`
	for i, status := range []int{201, 200} {
		r := srv.call("POST", "/procedures", older)
		require.Equal(t, status, r.status, "%.1000s", r.raw)
		require.InDelta(t, many+i, r.body["warning_count"], 0, "the second time, the document is unchanged")
		require.Len(t, r.body["warnings"], fault.MaxIssues)
	}
	got := srv.call("GET", "/procedures/older", "")
	require.NotContains(t, got.body, "warning_count")
	back := strings.Replace(string(got.raw), "{", `{"warning_count":7,`, 1)
	require.Equal(t, 200, srv.call("PUT", "/procedures/older", back, "If-Match", "*").status, "accepted back, and ignored")
	require.NotContains(t, srv.call("POST", "/runs", `{"procedure_id":"none"}`).body, "issue_count")
}
