package http_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// actionsOf reads all pages of a list and returns the actions of its events.
func (srv *testServer) actionsOf(path string) (actions []string) {
	srv.t.Helper()
	for next := path; next != ""; {
		page := srv.call("GET", next, "")
		require.Equal(srv.t, 200, page.status, "%s", page.raw)
		for _, e := range page.body.objects("items") {
			actions = append(actions, e.text("action"))
		}
		next = ""
		if page.body["next_cursor"] != nil {
			next = path + "&cursor=" + page.body.text("next_cursor")
		}
	}
	return actions
}

func TestAuditEventsAreFilteredAndPagedNewestFirst(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startTwoSteps()
	srv.call("POST", "/runs/"+run+"/steps/first/commit", commitFirst, "X-Actor", "claire")
	ofRun := []string{"step.opened", "step.committed", "run.started", "step.opened", "run.created"}
	all := append(slices.Clip(ofRun), "procedure.created")
	for path, want := range map[string][]string{
		"/audit-events?limit=2":                             all,
		"/audit-events?entity_type=procedure&limit=1":       {"procedure.created"},
		"/audit-events?entity_id=two-steps&limit=1":         {"procedure.created"},
		"/audit-events?entity_id=" + run + "&limit=3":       ofRun,
		"/audit-events?actor=claire&limit=1":                {"step.opened", "step.committed", "run.started"},
		"/audit-events?action=step.opened&limit=1":          {"step.opened", "step.opened"},
		"/audit-events?since=2020-01-01T00:00:00Z&limit=50": all,
		"/audit-events?until=2020-01-01T00:00:00Z&limit=50": nil,
		"/audit-events?actor=claire&action=none&limit=50":   nil,
	} {
		t.Run(path, func(t *testing.T) { require.Equal(t, want, srv.with(t).actionsOf(path)) })
	}
	foreign := srv.call("GET", "/runs/"+run+"/events?limit=1", "").body.text("next_cursor")
	for _, bad := range []string{
		"entity_type=thing", "since=yesterday", "until=2026-13-01T00:00:00Z", "limit=0", "actor=", "cursor=" + foreign,
		"cursor=YXVkaXQ6MSBydW4gciAw", "unknown=1",
	} {
		r := srv.call("GET", "/audit-events?"+bad, "")
		require.Equal(t, 400, r.status, bad)
	}
}
