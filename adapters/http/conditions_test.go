package http_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const branching = `{"id":"branching","name":"Branching","max_visits":2,"steps":[
 {"key":"triage","title":"Triage",
  "slots":[{"name":"severity","type":"enum","options":["low","high"]},
           {"name":"pager","type":"string","when":"severity == 'high'"},
           {"name":"n","type":"integer","required":false}],
  "checklist_items":[{"key":"called","label":"Called","required":true,"when":"severity == 'high'"}],
  "transitions":[{"when":"has(n) && (n < 90 ? n * 2 > 10 : run.metadata.limit)","to":"close"}]},
 {"key":"repair","title":"Repair","when":"triage.severity == 'high'","skippable":true,
  "slots":[{"name":"done","type":"boolean"}],
  "transitions":[{"when":"has(repair.done) && !done","to":"triage"}]},
 {"key":"close","title":"Close"}]}`

// step returns the step with the given key from the run in the body, or nil if there is none.
func (r reply) step(key string) object {
	for _, step := range r.body.objects("steps") {
		if step["key"] == key {
			return step
		}
	}
	return nil
}

// startBranching stores the procedure branching, starts a run of it and returns the path of the run.
func (srv *testServer) startBranching() (path string) {
	srv.t.Helper()
	require.Equal(srv.t, 201, srv.call("POST", "/procedures", branching).status)
	r := srv.call("POST", "/runs", `{"procedure_id":"branching"}`)
	require.Equal(srv.t, 201, r.status)
	return "/runs/" + r.body.text("id")
}

func TestConditionsOfSlotsItemsAndSteps(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startBranching()
	r := srv.call("PATCH", run+"/steps/triage", `{"slots":{"severity":"low"}}`)
	require.Equal(t, []any{"slots.pager", "checklist.called"}, r.step("triage")["not_applicable"])
	require.Empty(t, r.step("triage")["checklist"])
	require.Equal(t, true, r.body.object("progress")["provisional"])
	commit := run + "/steps/triage/commit"
	r = srv.call("POST", commit, `{"slots":{"pager":"x"},"checklist":[{"key":"called","completed":true}]}`,
		"Accept-Language", "fr")
	require.Equal(t, 422, r.status)
	require.Equal(t,
		[]string{"slots.pager validation.not_applicable", "checklist.called validation.not_applicable"}, r.codes())
	r = srv.call("POST", commit, `{"slots":{"n":90}}`, "Accept-Language", "fr")
	require.Equal(t, 422, r.status)
	require.Equal(t, "condition.failed", r.body["code"])
	require.Contains(t, r.body["detail"], "run.metadata.limit")
	r = srv.call("POST", commit, `{"slots":{"n":1}}`)
	require.Equal(t, 200, r.status, string(r.raw))
	require.Equal(t, "not_applicable", r.step("repair")["state"])
	require.Equal(t, "close", r.body["current_step"])
	require.Equal(t, object{"total": 3.0, "committed": 1.0, "skipped": 0.0, "not_applicable": 1.0},
		r.body.object("progress").object("steps"))
	events := string(srv.call("GET", run+"/events", "").raw)
	require.Contains(t, events, `"action":"step.not_applicable"`)
	require.Contains(t, events, `"expression":"triage.severity == 'high'"`)
}

func TestAStepIsSkippedAndVisitedAgain(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startBranching()
	high := `{"slots":{"severity":"high","pager":"p"},"checklist":[{"key":"called","completed":true}]}`
	require.Equal(t, 409, srv.call("POST", run+"/steps/triage/skip", `{"reason":"no"}`).status)
	require.Equal(t, 200, srv.call("POST", run+"/steps/triage/commit", high).status)
	r := srv.call("POST", run+"/steps/repair/commit", `{"slots":{"done":false}}`)
	require.Equal(t, 200, r.status, string(r.raw))
	require.Equal(t, "triage", r.body["current_step"])
	require.Equal(t, 2.0, r.step("triage")["visit"])
	require.Equal(t, 1.0, r.step("triage")["earlier_visits"])
	require.Equal(t, "locked", r.step("repair")["state"])
	repair, notDone := run+"/steps/repair", `{"slots":{"done":false}}`
	require.Equal(t, 200, srv.call("POST", repair+"/commit", notDone).status, "the same commit again, late")
	secondHigh := strings.Replace(high, "{", `{"visit":1,`, 1)
	require.Equal(t, 200, srv.call("POST", run+"/steps/triage/commit", secondHigh).status)
	require.Equal(t, 200, srv.call("POST", run+"/steps/triage/commit", high).status)
	require.Equal(t, "step.max_visits", srv.call("POST", repair+"/commit", notDone).body["code"])
	require.Equal(t, []string{"reason validation.required"}, srv.call("POST", repair+"/skip", `{}`).codes())
	skip := `{"reason":"no part","visit":2}`
	first := srv.call("POST", repair+"/skip", skip, "Idempotency-Key", "k", "X-Actor", "ann")
	require.Equal(t, 200, first.status)
	require.Equal(t, "no part", first.step("repair")["reason"])
	require.Equal(t, "ann", first.step("repair")["committed_by"])
	again := srv.call("POST", repair+"/skip", skip, "Idempotency-Key", "k", "X-Actor", "ann")
	require.Equal(t, "true", again.header.Get("Idempotency-Replayed"))
	require.Equal(t, "completed", srv.call("POST", run+"/steps/close/commit", "").body["state"])
}

// TestAStepThatAJumpBackLockedIsSaidToBeLocked: neither refusal advises what the other refuses.
func TestAStepThatAJumpBackLockedIsSaidToBeLocked(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startBranching()
	high := `{"slots":{"severity":"high","pager":"p"},"checklist":[{"key":"called","completed":true}]}`
	require.Equal(t, 200, srv.call("POST", run+"/steps/triage/commit", high).status)
	require.Equal(t, 200, srv.call("POST", run+"/steps/repair/commit", `{"slots":{"done":false}}`).status)
	for language, want := range map[string]struct{ locked, advice string }{
		"en": {"The step opens again when the run reaches it.", "amendment"},
		"fr": {"L’étape s’ouvrira de nouveau quand l’exécution l’atteindra.", "rectification"},
	} {
		for operation, code := range map[string]string{
			"commit": "step.already_committed", "amend": "step.not_committed",
		} {
			body := `{"slots":{"done":true}}`
			if operation == "amend" {
				body = `{"slots":{"done":true},"reason":"late"}`
			}
			r := srv.call("POST", run+"/steps/repair/"+operation, body, "Accept-Language", language)
			require.Equal(t, 409, r.status)
			require.Equal(t, code, r.body.text("code"))
			require.Equal(t, true, r.body.object("params")["locked"])
			require.Contains(t, r.body.text("detail"), want.locked)
			require.NotContains(t, r.body.text("detail"), want.advice)
		}
	}
}

// TestAFailedRunIsNotSaidToBeAmendable: a run that is completed can be amended, and a run that has failed cannot.
func TestAFailedRunIsNotSaidToBeAmendable(t *testing.T) {
	srv := newTestServer(t)
	low := `{"slots":{"severity":"low"}}`
	high := `{"slots":{"severity":"high","pager":"p"},"checklist":[{"key":"called","completed":true}]}`
	amend := `{"slots":{"severity":"low"},"reason":"late"}`
	advice := map[string]string{"en": "amendment", "fr": "rectification"}
	refused := func(run, language string) string {
		t.Helper()
		r := srv.call("POST", run+"/steps/triage/commit", high, "Accept-Language", language)
		require.Equal(t, "step.already_committed", r.body.text("code"))
		return r.body.text("detail")
	}
	run := srv.startBranching()
	require.Equal(t, 200, srv.call("POST", run+"/steps/triage/commit", low).status)
	for language, word := range advice {
		require.Contains(t, refused(run, language), word)
	}
	require.Equal(t, 200, srv.call("POST", run+"/steps/close/commit", "{}").status)
	for language, word := range advice {
		require.Contains(t, refused(run, language), word, "the run is completed")
	}
	require.Equal(t, 200, srv.call("POST", run+"/steps/triage/amend", amend).status)

	run = "/runs/" + srv.call("POST", "/runs", `{"procedure_id":"branching"}`).body.text("id")
	require.Equal(t, 200, srv.call("POST", run+"/steps/triage/commit", low).status)
	require.Equal(t, 200, srv.call("POST", run+"/fail", `{"reason":"r"}`).status)
	require.Equal(t, "run.state", srv.call("POST", run+"/steps/triage/amend", amend).body.text("code"))
	for language, word := range advice {
		require.NotContains(t, refused(run, language), word)
	}
	require.Contains(t, refused(run, "en"), "The run has failed")
	require.Contains(t, refused(run, "fr"), "L’exécution est en échec")
}

func TestSimulationShowsThePathAndItsReasonsAndStoresNothing(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startBranching()
	body := func(answers string) string { return `{"procedure_id":"branching","answers":[` + answers + `]}` }
	r := srv.call("POST", "/procedures/simulate", body(`{"step":"triage","slots":{"severity":"low"}}`))
	require.Equal(t, 200, r.status, string(r.raw))
	require.Equal(t, "completed", r.body["outcome"])
	var path []string
	for _, step := range r.body.objects("path") {
		path = append(path, step.text("step")+" "+step.text("state"))
	}
	require.Equal(t, []string{"triage committed", "repair not_applicable", "close committed"}, path)
	require.Contains(t, string(r.raw),
		`"expression":"triage.severity == 'high'","result":false,"values":{"triage.severity":"low"}`)

	r = srv.call("POST", "/procedures/simulate", body(`{"step":"triage","slots":{"severity":"high"}},
		{"step":"repair","slots":{"done":false}},{"step":"triage","slots":{"severity":"high","n":6}}`))
	require.Equal(t, "completed", r.body["outcome"], string(r.raw))
	require.Len(t, r.body["path"], 5)
	first := r.body.objects("path")[0]
	require.Equal(t, []any{"slots.pager", "checklist.called"}, first["missing"])

	for answers, code := range map[string]string{
		``: "condition.failed",
		`{"step":"triage","slots":{"severity":"huge"}}`:       "values.invalid",
		`{"step":"triage","skip":true}`:                       "step.not_skippable",
		`{"step":"triage","slots":{"severity":"low","n":90}}`: "condition.failed",
		strings.Repeat(`{"step":"triage","slots":{"severity":"high"}},{"step":"repair","slots":{"done":false}},`, 2) +
			`{"step":"close"}`: "step.max_visits",
	} {
		t.Run(code, func(t *testing.T) {
			r := srv.with(t).call("POST", "/procedures/simulate", body(answers), "Accept-Language", "fr")
			require.Equal(t, 200, r.status)
			require.Equal(t, "stopped", r.body["outcome"])
			require.Equal(t, code, r.body.object("problem")["code"])
			path := r.body.objects("path")
			require.Equal(t, "open", path[len(path)-1]["state"], "the run stays at this step")
		})
	}
	r = srv.call("POST", "/procedures/simulate",
		`{"definition":{"name":"P","steps":[{"key":"a","title":"A","when":"run.metadata.on"}]},"metadata":{"on":false}}`)
	require.Equal(t, "completed", r.body["outcome"], string(r.raw))
	require.Equal(t, 422, srv.call("POST", "/procedures/simulate", `{"definition":{"name":"P","steps":[]}}`).status)
	require.Equal(t, 404, srv.call("POST", "/procedures/simulate", `{"procedure_id":"none"}`).status)
	for body, code := range map[string]string{
		`{}`: "request.alternative", `{"definition":null,"procedure_id":null}`: "request.alternative",
		`{"procedure_id":"branching","definition":{"name":"P","steps":[]}}`: "request.exclusive",
	} {
		r = srv.call("POST", "/procedures/simulate", body)
		require.Equal(t, 400, r.status, body)
		require.Equal(t, []string{"/procedure_id " + code}, r.codes(), body)
		require.Contains(t, r.body.objects("issues")[0]["message"], "definition", body)
	}
	r = srv.call("POST", "/procedures/simulate", body(`{"step":"nowhere"}`))
	require.Equal(t, []string{"/answers/0/step definition.unknown_step"}, r.codes())
	require.Equal(t, 1.0, srv.call("GET", run, "").body["revision"])
	require.Len(t, srv.call("GET", "/runs", "").body["items"], 1)
}
