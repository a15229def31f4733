package http_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const commitFirst = `{"slots":{"code":"ABC"},"checklist":[{"key":"seen","completed":true}]}`

func TestARunIsCompletedByCommittingItsSteps(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startTwoSteps()
	first := srv.call("POST", "/runs/"+run+"/steps/first/commit", commitFirst, "X-Actor", "claire")
	require.Equal(t, 200, first.status, "%s", first.raw)
	require.Equal(t, "last", first.body["current_step"])
	require.Equal(t, "in_progress", first.body["state"])
	last := srv.call("POST", "/runs/"+run+"/steps/last/commit", "")
	require.Equal(t, "completed", last.body["state"], "an empty body is an empty commit")
	require.Nil(t, last.body["current_step"])
	require.NotNil(t, last.body["closed_at"])
	step := last.body.objects("steps")[0]
	require.Equal(t, "claire", step["committed_by"])
	require.Equal(t, map[string]any{"code": "ABC"}, step["slots"])
	require.Equal(t, map[string]any{"code": "manual"}, step["origins"])
	progress := last.body.object("progress")
	require.EqualValues(t, 100, progress.object("checklist")["percentage"])
}

func TestARefusalReportsAllIssuesInTheRequestedLanguage(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startTwoSteps()
	before := srv.call("GET", "/runs/"+run, "").body
	body := `{"slots":{"code":"abc","count":3.5,"zzz":1},"checklist":[{"key":"nope","completed":true}],
		"origins":{"count":"agent"}}`
	want := []string{
		"slots.code validation.pattern", "slots.count validation.type", "checklist.seen validation.required",
		"slots.zzz validation.unexpected_slot", "checklist.nope validation.unexpected_item",
	}
	en := srv.call("POST", "/runs/"+run+"/steps/first/commit", body)
	require.Equal(t, 422, en.status)
	require.Equal(t, want, en.codes())
	fr := srv.call("POST", "/runs/"+run+"/steps/first/commit", body, "Accept-Language", "fr-CA, en;q=0.5")
	require.Equal(t, want, fr.codes())
	require.Equal(t, "fr", fr.header.Get("Content-Language"))
	require.Equal(t, "Données invalides", fr.body["title"])
	require.Equal(t, en.body["type"], fr.body["type"])

	after := srv.call("GET", "/runs/"+run, "").body
	require.Equal(t, before["steps"], after["steps"])
	require.Equal(t, before["revision"], after["revision"])
	require.EqualValues(t, before["seq"].(float64)+2, after["seq"], "the trail has two refusals")
}

func TestConflictsShowTheStateOfTheRun(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startTwoSteps()
	r := srv.call("POST", "/runs/"+run+"/steps/last/commit", "{}")
	require.Equal(t, 409, r.status)
	require.Equal(t, "step.out_of_order", r.body["code"])
	require.Equal(t, "/problems/step-out-of-order", r.body["type"])
	require.Equal(t, object{"state": "pending", "revision": 1., "current_step": "first", "visit": 1.},
		r.body.object("params"))
	require.Equal(t, "step.not_found", srv.call("POST", "/runs/"+run+"/steps/none/commit", "{}").body["code"])
	require.Equal(t, "step.not_committed",
		srv.call("POST", "/runs/"+run+"/steps/first/amend", `{"reason":"x"}`).body["code"])
	require.Equal(t, "step.visit", srv.call("PATCH", "/runs/"+run+"/steps/first", `{"visit":2}`).body["code"])

	srv.call("POST", "/runs/"+run+"/steps/first/commit", commitFirst)
	different := srv.call("POST", "/runs/"+run+"/steps/first/commit", `{"slots":{"code":"XYZ"}}`)
	require.Equal(t, "step.already_committed", different.body["code"])
	require.Equal(t, 200, srv.call("POST", "/runs/"+run+"/steps/first/commit", commitFirst).status,
		"an identical commit succeeds again")

	require.Equal(t, []string{"reason validation.required"}, srv.call("POST", "/runs/"+run+"/fail", `{}`).codes())
	failed := srv.call("POST", "/runs/"+run+"/fail", `{"reason":"Branch closed"}`)
	require.Equal(t, "failed", failed.body["state"])
	require.Equal(t, "Branch closed", failed.body.object("failure")["reason"])
	again := srv.call("POST", "/runs/"+run+"/fail", `{"reason":"again"}`)
	require.Equal(t, "run.state", again.body["code"])
	require.Equal(t, "failed", again.body.object("params")["state"])
	require.Equal(t, "failed", again.body.object("params")["to"])
	require.Contains(t, again.body["detail"], "failed")
}

func TestADraftIsSavedClearedAndCommitted(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startTwoSteps()
	path := "/runs/" + run + "/steps/first"
	draft := srv.call("PATCH", path, `{"slots":{"code":"ABC","count":12345678901234567890},"origins":{"code":"agent"},
		"checklist":[{"key":"seen","completed":true}]}`)
	require.Equal(t, 200, draft.status, "%s", draft.raw)
	require.Contains(t, string(draft.raw), `"count":12345678901234567890`, "all digits are kept")
	require.Contains(t, string(draft.raw), `"code":"agent"`)
	cleared := srv.call("PATCH", path, `{"slots":{"count":null}}`)
	require.NotContains(t, string(cleared.raw), `"count"`)
	same := srv.call("PATCH", path, `{"slots":{"count":null}}`)
	require.Equal(t, cleared.body["revision"], same.body["revision"], "a draft that changes nothing makes no revision")
	require.Equal(t, 200, srv.call("POST", path+"/commit", "").status, "the draft is complete")
}

func TestASensitiveValueIsNeverShown(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startTwoSteps()
	const secret = "very-secret-value"
	srv.call("PATCH", "/runs/"+run+"/steps/first", `{"slots":{"secret":"`+secret+`"}}`)
	commit := "/runs/" + run + "/steps/first/commit"
	srv.call("POST", commit, `{"slots":{"code":"bad","secret":"`+secret+`","unknown":"`+secret+`"}}`)
	got := srv.call("POST", commit, strings.Replace(commitFirst, `"code"`, `"secret":"`+secret+`","code"`, 1))
	step := got.body.objects("steps")[0]
	require.Equal(t, []any{"secret"}, step["sensitive"])
	require.Contains(t, step["slots"], "secret")
	require.Nil(t, step.object("slots")["secret"])
	for _, path := range []string{"", "/events", "/bundle"} {
		require.NotContains(t, string(srv.call("GET", "/runs/"+run+path, "").raw), secret)
	}
	require.NotContains(t, srv.log.String(), secret)
}

func TestAnAmendmentKeepsTheOriginalInTheTrail(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startTwoSteps()
	srv.call("POST", "/runs/"+run+"/steps/first/commit", commitFirst)
	amend := "/runs/" + run + "/steps/first/amend"
	require.Equal(t, []string{"reason validation.required"},
		srv.call("POST", amend, `{"slots":{"code":"XYZ"},"reason":" "}`).codes())
	r := srv.call("POST", amend, `{"slots":{"code":"XYZ"},"reason":"Typing error"}`)
	require.Equal(t, 200, r.status, "%s", r.raw)
	require.Equal(t, true, r.body.objects("steps")[0]["amended"])
	require.Equal(t, "last", r.body["current_step"], "the path does not change")
	trail := string(srv.call("GET", "/runs/"+run+"/events", "").raw)
	require.Contains(t, trail, `"code":"ABC"`)
	require.Contains(t, trail, `"code":"XYZ"`)
}

func TestETagAndIfMatchOfRuns(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startTwoSteps()
	got := srv.call("GET", "/runs/"+run, "", "Accept-Language", "en")
	require.Equal(t, `"1-2-en.1"`, got.header.Get("ETag"))
	require.Equal(t, "en", got.header.Get("Content-Language"))
	require.Equal(t, "First", got.body.objects("steps")[0]["title"])
	same := srv.call("GET", "/runs/"+run, "", "Accept-Language", "en", "If-None-Match", `"x", W/"1-2-en.1"`)
	require.Equal(t, 304, same.status)
	require.Equal(t, 200, srv.call("GET", "/runs/"+run, "", "Accept-Language", "fr", "If-None-Match", `"1-2-en"`).status)
	require.Equal(t, "Première", srv.call("GET", "/runs/"+run, "").body.objects("steps")[0]["title"])

	commit := func(ifMatch string) reply {
		return srv.call("POST", "/runs/"+run+"/steps/first/commit", commitFirst, "If-Match", ifMatch)
	}
	stale := commit(`"9-2-en"`)
	require.Equal(t, 412, stale.status)
	require.Equal(t, "run.stale", stale.body["code"])
	require.Equal(t, 412, commit(`"junk"`).status)
	for _, ifMatch := range []string{`W/"1-2-en.1"`, `"9-2-en", W/"1-2-en.1"`} {
		weak := commit(ifMatch)
		require.Equal(t, 412, weak.status, "a weak tag never matches")
		require.Equal(t, "request.weak_etag", weak.body["code"], "the run is at the revision that was named")
	}
	require.Equal(t, 200, commit(`"1-99-fr"`).status, "only the revision counts")
	require.Equal(t, 200, commit(`"1-2-en"`).status, "stale, but the commit changes nothing")
	require.Equal(t, 200, commit(`W/"1-2-en"`).status, "so it needs no condition")
}

func TestPublishingDoesNotChangeOpenRuns(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startTwoSteps()
	before := srv.call("GET", "/runs/"+run, "")
	edited := strings.NewReplacer("[A-Z]{3}", "[0-9]{3}", "Première", "Autre").Replace(twoSteps)
	srv.call("PUT", "/procedures/two-steps", edited, "If-Match", "*")
	require.Equal(t, before.raw, srv.call("GET", "/runs/"+run, "").raw)
	require.Equal(t, 200, srv.call("POST", "/runs/"+run+"/steps/first/commit", commitFirst).status)
	require.EqualValues(t, 2, srv.call("POST", "/runs", `{"procedure_id":"two-steps"}`).body["procedure_version"])
	first := srv.call("POST", "/runs", `{"procedure_id":"two-steps","procedure_version":1}`)
	require.EqualValues(t, 1, first.body["procedure_version"])
}

func TestRunsAreFilteredAndPagedNewestFirst(t *testing.T) {
	srv := newTestServer(t)
	srv.call("POST", "/procedures", twoSteps)
	var ids []string
	for _, ref := range []string{"a", "b", "c"} {
		r := srv.call("POST", "/runs", `{"procedure_id":"two-steps","reference":"`+ref+`","user_id":"u-`+ref+`"}`)
		ids = append(ids, r.body.text("id"))
	}
	srv.call("POST", "/runs/"+ids[1]+"/fail", `{"reason":"x"}`)
	page := srv.call("GET", "/runs?limit=2", "")
	require.Equal(t, ids[2], page.body.objects("items")[0]["id"])
	srv.call("POST", "/runs", `{"procedure_id":"two-steps"}`)
	rest := srv.call("GET", "/runs?limit=2&cursor="+page.body.text("next_cursor"), "")
	require.Equal(t, ids[0], rest.body.objects("items")[0]["id"], "stable under inserts")
	require.Nil(t, rest.body["next_cursor"])
	some := srv.call("GET", "/runs?state=pending&state=failed&limit=1", "")
	require.Contains(t, some.header.Get("Link"), "state=pending&state=failed", "the next page has the same filter")
	for query, n := range map[string]int{
		"state=failed": 1, "reference=a": 1, "user_id=u-c": 1, "procedure_id=two-steps": 4, "procedure_id=none": 0,
		"created_after=2100-01-01T00:00:00Z": 0, "created_before=2100-01-01T00:00:00%2B02:00": 4,
		"state=pending&reference=b": 0, "state=pending&state=failed": 4, "state=failed&state=failed&state=completed": 1,
		"state=pending&state=in_progress&state=completed&state=failed": 4, "state=in_progress&state=completed": 0,
		"state=pending&state=failed&user_id=u-c": 1,
	} {
		t.Run(query, func(t *testing.T) { require.Len(t, srv.with(t).call("GET", "/runs?"+query, "").body["items"], n) })
	}
}

func TestEventsOfARunArePagedOldestFirst(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startTwoSteps()
	srv.call("POST", "/runs/"+run+"/steps/first/commit", commitFirst, "X-Request-Id", "req-7", "X-Actor", "claire")
	require.Equal(t, []string{"run.created", "step.opened", "run.started", "step.committed", "step.opened"},
		srv.actionsOf("/runs/"+run+"/events?limit=2"))
	require.Contains(t, string(srv.call("GET", "/runs/"+run+"/events", "").raw), `"request_id":"req-7"`)
	require.Equal(t, "run.not_found", srv.call("GET", "/runs/none/events", "").body["code"])
}
