package http_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// actionsOf walks the pages of a list of events.
func (w *world) actionsOf(path string) (actions []any) {
	w.t.Helper()
	for next := path; next != ""; {
		page := w.call("GET", next, "")
		require.Equal(w.t, 200, page.status, "%s", page.raw)
		for _, e := range page.body["items"].([]any) {
			actions = append(actions, e.(map[string]any)["action"])
		}
		next = ""
		if c, ok := page.body["next_cursor"]; ok {
			next = path + "&cursor=" + c.(string)
		}
	}
	return actions
}

func TestTheTrailAcrossEntitiesIsPagedNewestFirst(t *testing.T) {
	w := newWorld(t)
	run := w.startTwoSteps()
	w.call("POST", "/runs/"+run+"/steps/first/commit", commitFirst, "X-Actor", "claire")
	for path, want := range map[string][]any{
		"/audit-events?limit=2":                             {"step.opened", "step.committed", "run.started", "step.opened", "run.created", "procedure.created"},
		"/audit-events?entity_type=procedure&limit=1":       {"procedure.created"},
		"/audit-events?entity_id=two-steps&limit=1":         {"procedure.created"},
		"/audit-events?entity_id=" + run + "&limit=3":       {"step.opened", "step.committed", "run.started", "step.opened", "run.created"},
		"/audit-events?actor=claire&limit=1":                {"step.opened", "step.committed", "run.started"},
		"/audit-events?action=step.opened&limit=1":          {"step.opened", "step.opened"},
		"/audit-events?since=2020-01-01T00:00:00Z&limit=50": {"step.opened", "step.committed", "run.started", "step.opened", "run.created", "procedure.created"},
		"/audit-events?until=2020-01-01T00:00:00Z&limit=50": nil,
		"/audit-events?actor=claire&action=none&limit=50":   nil,
	} {
		require.Equal(t, want, w.actionsOf(path), path)
	}
	foreign := w.call("GET", "/runs/"+run+"/events?limit=1", "").body["next_cursor"].(string)
	for _, bad := range []string{"entity_type=thing", "since=yesterday", "until=2026-13-01T00:00:00Z", "limit=0", "actor=", "cursor=" + foreign, "cursor=YXVkaXQ6MSBydW4gciAw", "unknown=1"} {
		r := w.call("GET", "/audit-events?"+bad, "")
		require.Equal(t, 400, r.status, bad)
	}
}
