package http_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const branching = `{"id":"branching","name":"Branching","max_visits":2,"steps":[
 {"key":"triage","title":"Triage","slots":[{"name":"severity","type":"enum","options":["low","high"]},{"name":"pager","type":"string","when":"severity == 'high'"},{"name":"n","type":"integer","required":false}],
  "checklist_items":[{"key":"called","label":"Called","required":true,"when":"severity == 'high'"}],"transitions":[{"when":"has(n) && n * 2 > 10","to":"close"}]},
 {"key":"repair","title":"Repair","when":"triage.severity == 'high'","skippable":true,"slots":[{"name":"done","type":"boolean"}],"transitions":[{"when":"has(repair.done) && !done","to":"triage"}]},
 {"key":"close","title":"Close"}]}`

// step is one step of a run's answer.
func (r reply) step(key string) map[string]any {
	for _, s := range r.body["steps"].([]any) {
		if s.(map[string]any)["key"] == key {
			return s.(map[string]any)
		}
	}
	return nil
}

func (w *world) branching() (path string) {
	w.t.Helper()
	require.Equal(w.t, 201, w.call("POST", "/procedures", branching).status)
	r := w.call("POST", "/runs", `{"procedure_id":"branching"}`)
	require.Equal(w.t, 201, r.status)
	return "/runs/" + r.body["id"].(string)
}

func TestSlotsItemsAndStepsFollowTheirConditionsOverHTTP(t *testing.T) {
	w := newWorld(t)
	run := w.branching()
	r := w.call("PATCH", run+"/steps/triage", `{"slots":{"severity":"low"}}`)
	require.Equal(t, []any{"slots.pager", "checklist.called"}, r.step("triage")["not_applicable"])
	require.Empty(t, r.step("triage")["checklist"])
	require.Equal(t, true, r.body["progress"].(map[string]any)["provisional"])
	r = w.call("POST", run+"/steps/triage/commit", `{"slots":{"pager":"x"},"checklist":[{"key":"called","completed":true}]}`, "Accept-Language", "fr")
	require.Equal(t, 422, r.status)
	require.Equal(t, []string{"slots.pager validation.not_applicable", "checklist.called validation.not_applicable"}, r.codes())
	r = w.call("POST", run+"/steps/triage/commit", `{"slots":{"n":9223372036854775807}}`, "Accept-Language", "fr")
	require.Equal(t, 422, r.status)
	require.Equal(t, "condition.failed", r.body["code"])
	require.Contains(t, r.body["detail"], "has(n) && n * 2 > 10")
	r = w.call("POST", run+"/steps/triage/commit", `{"slots":{"n":1}}`)
	require.Equal(t, 200, r.status, string(r.raw))
	require.Equal(t, "not_applicable", r.step("repair")["state"])
	require.Equal(t, "close", r.body["current_step"])
	require.Equal(t, map[string]any{"total": 3.0, "committed": 1.0, "skipped": 0.0, "not_applicable": 1.0}, r.body["progress"].(map[string]any)["steps"])
	events := string(w.call("GET", run+"/events", "").raw)
	require.Contains(t, events, `"action":"step.not_applicable"`)
	require.Contains(t, events, `"expression":"triage.severity == 'high'"`)
}

func TestAStepIsSkippedAndVisitedAgainOverHTTP(t *testing.T) {
	w := newWorld(t)
	run := w.branching()
	high := `{"slots":{"severity":"high","pager":"p"},"checklist":[{"key":"called","completed":true}]}`
	require.Equal(t, 409, w.call("POST", run+"/steps/triage/skip", `{"reason":"no"}`).status)
	require.Equal(t, 200, w.call("POST", run+"/steps/triage/commit", high).status)
	r := w.call("POST", run+"/steps/repair/commit", `{"slots":{"done":false}}`)
	require.Equal(t, 200, r.status, string(r.raw))
	require.Equal(t, "triage", r.body["current_step"])
	require.Equal(t, 2.0, r.step("triage")["visit"])
	require.Equal(t, 1.0, r.step("triage")["earlier_visits"])
	require.Equal(t, "locked", r.step("repair")["state"])
	require.Equal(t, 200, w.call("POST", run+"/steps/repair/commit", `{"slots":{"done":false}}`).status, "the same again, late")
	require.Equal(t, 200, w.call("POST", run+"/steps/triage/commit", strings.Replace(high, "{", `{"visit":1,`, 1)).status)
	require.Equal(t, 200, w.call("POST", run+"/steps/triage/commit", high).status)
	require.Equal(t, "step.max_visits", w.call("POST", run+"/steps/repair/commit", `{"slots":{"done":false}}`).body["code"])
	require.Equal(t, []string{"reason validation.required"}, w.call("POST", run+"/steps/repair/skip", `{}`).codes())
	first := w.call("POST", run+"/steps/repair/skip", `{"reason":"no part","visit":2}`, "Idempotency-Key", "k", "X-Actor", "ann")
	require.Equal(t, 200, first.status)
	require.Equal(t, "no part", first.step("repair")["reason"])
	require.Equal(t, "ann", first.step("repair")["committed_by"])
	again := w.call("POST", run+"/steps/repair/skip", `{"reason":"no part","visit":2}`, "Idempotency-Key", "k", "X-Actor", "ann")
	require.Equal(t, "true", again.header.Get("Idempotency-Replayed"))
	require.Equal(t, "completed", w.call("POST", run+"/steps/close/commit", "").body["state"])
}

func TestASimulationSaysThePathAndWhyAndStoresNothing(t *testing.T) {
	w := newWorld(t)
	run := w.branching()
	body := func(answers string) string { return `{"procedure_id":"branching","answers":[` + answers + `]}` }
	r := w.call("POST", "/procedures/simulate", body(`{"step":"triage","slots":{"severity":"low"}}`))
	require.Equal(t, 200, r.status, string(r.raw))
	require.Equal(t, "completed", r.body["outcome"])
	var path []string
	for _, s := range r.body["path"].([]any) {
		path = append(path, s.(map[string]any)["step"].(string)+" "+s.(map[string]any)["state"].(string))
	}
	require.Equal(t, []string{"triage committed", "repair not_applicable", "close committed"}, path)
	require.Contains(t, string(r.raw), `"expression":"triage.severity == 'high'","result":false,"values":{"triage.severity":"low"}`)

	r = w.call("POST", "/procedures/simulate", body(`{"step":"triage","slots":{"severity":"high"}},{"step":"repair","slots":{"done":false}},{"step":"triage","slots":{"severity":"high","n":6}}`))
	require.Equal(t, "completed", r.body["outcome"], string(r.raw))
	require.Len(t, r.body["path"], 5)
	first := r.body["path"].([]any)[0].(map[string]any)
	require.Equal(t, []any{"slots.pager", "checklist.called"}, first["missing"])

	for answers, code := range map[string]string{
		``: "condition.failed", `{"step":"triage","slots":{"severity":"huge"}}`: "values.invalid", `{"step":"triage","skip":true}`: "step.not_skippable",
	} {
		r = w.call("POST", "/procedures/simulate", body(answers), "Accept-Language", "fr")
		require.Equal(t, 200, r.status)
		require.Equal(t, "stopped", r.body["outcome"])
		require.Equal(t, code, r.body["problem"].(map[string]any)["code"])
	}
	r = w.call("POST", "/procedures/simulate", `{"definition":{"name":"P","steps":[{"key":"a","title":"A","when":"run.metadata.on"}]},"metadata":{"on":false}}`)
	require.Equal(t, "completed", r.body["outcome"], string(r.raw))
	require.Equal(t, 422, w.call("POST", "/procedures/simulate", `{"definition":{"name":"P","steps":[]}}`).status)
	require.Equal(t, 404, w.call("POST", "/procedures/simulate", `{"procedure_id":"none"}`).status)
	require.Equal(t, 400, w.call("POST", "/procedures/simulate", `{}`).status)
	require.Equal(t, []string{"/answers/0/step definition.unknown_step"}, w.call("POST", "/procedures/simulate", body(`{"step":"nowhere"}`)).codes())
	require.Equal(t, 1.0, w.call("GET", run, "").body["revision"])
	require.Len(t, w.call("GET", "/runs", "").body["items"], 1)
}
