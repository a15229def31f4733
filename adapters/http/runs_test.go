package http_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const commitFirst = `{"slots":{"code":"ABC"},"checklist":[{"key":"seen","completed":true}]}`

func TestARunIsWalkedFromItsFirstStepToItsLast(t *testing.T) {
	w := newWorld(t)
	run := w.startTwoSteps()
	first := w.call("POST", "/runs/"+run+"/steps/first/commit", commitFirst, "X-Actor", "claire")
	require.Equal(t, 200, first.status, "%s", first.raw)
	require.Equal(t, "last", first.body["current_step"])
	require.Equal(t, "in_progress", first.body["state"])
	last := w.call("POST", "/runs/"+run+"/steps/last/commit", "")
	require.Equal(t, "completed", last.body["state"], "an empty body is an empty commit")
	require.Nil(t, last.body["current_step"])
	require.NotNil(t, last.body["closed_at"])
	step := last.body["steps"].([]any)[0].(map[string]any)
	require.Equal(t, "claire", step["committed_by"])
	require.Equal(t, map[string]any{"code": "ABC"}, step["slots"])
	require.Equal(t, map[string]any{"code": "manual"}, step["origins"])
	progress := last.body["progress"].(map[string]any)
	require.EqualValues(t, 100, progress["checklist"].(map[string]any)["percentage"])
}

func TestARefusalListsAllIssuesInTheAskedLanguageAndStoresNothingElse(t *testing.T) {
	w := newWorld(t)
	run := w.startTwoSteps()
	before := w.call("GET", "/runs/"+run, "").body
	body := `{"slots":{"code":"abc","count":3.5,"zzz":1},"checklist":[{"key":"nope","completed":true}],"origins":{"count":"agent"}}`
	want := []string{
		"slots.code validation.pattern", "slots.count validation.type", "checklist.seen validation.required",
		"slots.zzz validation.unexpected_slot", "checklist.nope validation.unexpected_item",
	}
	en := w.call("POST", "/runs/"+run+"/steps/first/commit", body)
	require.Equal(t, 422, en.status)
	require.Equal(t, want, en.codes())
	fr := w.call("POST", "/runs/"+run+"/steps/first/commit", body, "Accept-Language", "fr-CA, en;q=0.5")
	require.Equal(t, want, fr.codes())
	require.Equal(t, "fr", fr.header.Get("Content-Language"))
	require.Equal(t, "Données invalides", fr.body["title"])
	require.Equal(t, en.body["type"], fr.body["type"])

	after := w.call("GET", "/runs/"+run, "").body
	require.Equal(t, before["steps"], after["steps"])
	require.Equal(t, before["revision"], after["revision"])
	require.EqualValues(t, before["seq"].(float64)+2, after["seq"], "two refusals in the trail")
}

func TestOrderAndStateAreConflictsThatCarryTheRunsState(t *testing.T) {
	w := newWorld(t)
	run := w.startTwoSteps()
	r := w.call("POST", "/runs/"+run+"/steps/last/commit", "{}")
	require.Equal(t, 409, r.status)
	require.Equal(t, "step.out_of_order", r.body["code"])
	require.Equal(t, "/problems/step-out-of-order", r.body["type"])
	require.Equal(t, map[string]any{"state": "pending", "revision": 1., "current_step": "first", "visit": 1.}, r.body["params"])
	require.Equal(t, "step.not_found", w.call("POST", "/runs/"+run+"/steps/none/commit", "{}").body["code"])
	require.Equal(t, "step.not_committed", w.call("POST", "/runs/"+run+"/steps/first/amend", `{"reason":"x"}`).body["code"])
	require.Equal(t, "step.visit", w.call("PATCH", "/runs/"+run+"/steps/first", `{"visit":2}`).body["code"])

	w.call("POST", "/runs/"+run+"/steps/first/commit", commitFirst)
	require.Equal(t, "step.already_committed", w.call("POST", "/runs/"+run+"/steps/first/commit", `{"slots":{"code":"XYZ"}}`).body["code"])
	require.Equal(t, 200, w.call("POST", "/runs/"+run+"/steps/first/commit", commitFirst).status, "identical: the same success again")

	require.Equal(t, []string{"reason validation.required"}, w.call("POST", "/runs/"+run+"/fail", `{}`).codes())
	failed := w.call("POST", "/runs/"+run+"/fail", `{"reason":"Branch closed"}`)
	require.Equal(t, "failed", failed.body["state"])
	require.Equal(t, "Branch closed", failed.body["failure"].(map[string]any)["reason"])
	again := w.call("POST", "/runs/"+run+"/fail", `{"reason":"again"}`)
	require.Equal(t, "run.state", again.body["code"])
	require.Equal(t, "failed", again.body["params"].(map[string]any)["state"])
	require.Equal(t, "failed", again.body["params"].(map[string]any)["to"])
	require.Contains(t, again.body["detail"], "failed")
}

func TestADraftIsShownClearedAndCommitted(t *testing.T) {
	w := newWorld(t)
	run := w.startTwoSteps()
	path := "/runs/" + run + "/steps/first"
	draft := w.call("PATCH", path, `{"slots":{"code":"ABC","count":12345678901234567890},"origins":{"code":"agent"},"checklist":[{"key":"seen","completed":true}]}`)
	require.Equal(t, 200, draft.status, "%s", draft.raw)
	require.Contains(t, string(draft.raw), `"count":12345678901234567890`, "digit for digit")
	require.Contains(t, string(draft.raw), `"code":"agent"`)
	cleared := w.call("PATCH", path, `{"slots":{"count":null}}`)
	require.NotContains(t, string(cleared.raw), `"count"`)
	same := w.call("PATCH", path, `{"slots":{"count":null}}`)
	require.Equal(t, cleared.body["revision"], same.body["revision"], "what changes nothing counts for nothing")
	require.Equal(t, 200, w.call("POST", path+"/commit", "").status, "the draft was whole")
}

func TestASensitiveValueIsShownNowhere(t *testing.T) {
	w := newWorld(t)
	run := w.startTwoSteps()
	const secret = "very-secret-value"
	w.call("PATCH", "/runs/"+run+"/steps/first", `{"slots":{"secret":"`+secret+`"}}`)
	w.call("POST", "/runs/"+run+"/steps/first/commit", `{"slots":{"code":"bad","secret":"`+secret+`","unknown":"`+secret+`"}}`)
	got := w.call("POST", "/runs/"+run+"/steps/first/commit", strings.Replace(commitFirst, `"code"`, `"secret":"`+secret+`","code"`, 1))
	step := got.body["steps"].([]any)[0].(map[string]any)
	require.Equal(t, []any{"secret"}, step["sensitive"])
	require.Contains(t, step["slots"], "secret")
	require.Nil(t, step["slots"].(map[string]any)["secret"])
	for _, path := range []string{"", "/events", "/bundle"} {
		require.NotContains(t, string(w.call("GET", "/runs/"+run+path, "").raw), secret)
	}
	require.NotContains(t, w.log.String(), secret)
}

func TestAmendingKeepsTheOriginalInTheTrail(t *testing.T) {
	w := newWorld(t)
	run := w.startTwoSteps()
	w.call("POST", "/runs/"+run+"/steps/first/commit", commitFirst)
	require.Equal(t, []string{"reason validation.required"}, w.call("POST", "/runs/"+run+"/steps/first/amend", `{"slots":{"code":"XYZ"},"reason":" "}`).codes())
	r := w.call("POST", "/runs/"+run+"/steps/first/amend", `{"slots":{"code":"XYZ"},"reason":"Typing error"}`)
	require.Equal(t, 200, r.status, "%s", r.raw)
	require.Equal(t, true, r.body["steps"].([]any)[0].(map[string]any)["amended"])
	require.Equal(t, "last", r.body["current_step"], "the path stays")
	trail := string(w.call("GET", "/runs/"+run+"/events", "").raw)
	require.Contains(t, trail, `"code":"ABC"`)
	require.Contains(t, trail, `"code":"XYZ"`)
}

func TestRunsAreTaggedAndGuardedByRevision(t *testing.T) {
	w := newWorld(t)
	run := w.startTwoSteps()
	got := w.call("GET", "/runs/"+run, "", "Accept-Language", "en")
	require.Equal(t, `"1-2-en"`, got.header.Get("ETag"))
	require.Equal(t, "en", got.header.Get("Content-Language"))
	require.Equal(t, "First", got.body["steps"].([]any)[0].(map[string]any)["title"])
	require.Equal(t, 304, w.call("GET", "/runs/"+run, "", "Accept-Language", "en", "If-None-Match", `"x", W/"1-2-en"`).status)
	require.Equal(t, 200, w.call("GET", "/runs/"+run, "", "Accept-Language", "fr", "If-None-Match", `"1-2-en"`).status)
	require.Equal(t, "Première", w.call("GET", "/runs/"+run, "").body["steps"].([]any)[0].(map[string]any)["title"])

	stale := w.call("POST", "/runs/"+run+"/steps/first/commit", commitFirst, "If-Match", `"9-2-en"`)
	require.Equal(t, 412, stale.status)
	require.Equal(t, "run.stale", stale.body["code"])
	require.Equal(t, 412, w.call("POST", "/runs/"+run+"/steps/first/commit", commitFirst, "If-Match", `"junk"`).status)
	require.Equal(t, 200, w.call("POST", "/runs/"+run+"/steps/first/commit", commitFirst, "If-Match", `"1-99-fr"`).status, "only the revision counts")
	require.Equal(t, 200, w.call("POST", "/runs/"+run+"/steps/first/commit", commitFirst, "If-Match", `"1-2-en"`).status, "stale, but it changes nothing")
}

func TestPublishingWhileARunIsOpenChangesNothingInIt(t *testing.T) {
	w := newWorld(t)
	run := w.startTwoSteps()
	before := w.call("GET", "/runs/"+run, "")
	w.call("PUT", "/procedures/two-steps", strings.ReplaceAll(strings.Replace(twoSteps, "[A-Z]{3}", "[0-9]{3}", 1), "Première", "Autre"), "If-Match", "*")
	require.Equal(t, before.raw, w.call("GET", "/runs/"+run, "").raw)
	require.Equal(t, 200, w.call("POST", "/runs/"+run+"/steps/first/commit", commitFirst).status)
	require.EqualValues(t, 2, w.call("POST", "/runs", `{"procedure_id":"two-steps"}`).body["procedure_version"])
	require.EqualValues(t, 1, w.call("POST", "/runs", `{"procedure_id":"two-steps","procedure_version":1}`).body["procedure_version"])
}

func TestRunsAreFilteredAndPagedNewestFirst(t *testing.T) {
	w := newWorld(t)
	w.call("POST", "/procedures", twoSteps)
	var ids []string
	for _, ref := range []string{"a", "b", "c"} {
		ids = append(ids, w.call("POST", "/runs", `{"procedure_id":"two-steps","reference":"`+ref+`","user_id":"u-`+ref+`"}`).body["id"].(string))
	}
	w.call("POST", "/runs/"+ids[1]+"/fail", `{"reason":"x"}`)
	page := w.call("GET", "/runs?limit=2", "")
	items := page.body["items"].([]any)
	require.Equal(t, ids[2], items[0].(map[string]any)["id"])
	w.call("POST", "/runs", `{"procedure_id":"two-steps"}`)
	rest := w.call("GET", "/runs?limit=2&cursor="+page.body["next_cursor"].(string), "")
	require.Equal(t, ids[0], rest.body["items"].([]any)[0].(map[string]any)["id"], "stable under inserts")
	require.Nil(t, rest.body["next_cursor"])
	for query, n := range map[string]int{
		"state=failed": 1, "reference=a": 1, "user_id=u-c": 1, "procedure_id=two-steps": 4, "procedure_id=none": 0,
		"created_after=2100-01-01T00:00:00Z": 0, "created_before=2100-01-01T00:00:00%2B02:00": 4, "state=pending&reference=b": 0,
	} {
		require.Len(t, w.call("GET", "/runs?"+query, "").body["items"], n, query)
	}
}

func TestTheTrailIsPagedOldestFirst(t *testing.T) {
	w := newWorld(t)
	run := w.startTwoSteps()
	w.call("POST", "/runs/"+run+"/steps/first/commit", commitFirst, "X-Request-Id", "req-7", "X-Actor", "claire")
	var actions []any
	path := "/runs/" + run + "/events?limit=2"
	for next := path; next != ""; {
		page := w.call("GET", next, "")
		for _, e := range page.body["items"].([]any) {
			actions = append(actions, e.(map[string]any)["action"])
		}
		next = ""
		if c, ok := page.body["next_cursor"]; ok {
			next = path + "&cursor=" + c.(string)
		}
	}
	require.Equal(t, []any{"run.created", "step.opened", "run.started", "step.committed", "step.opened"}, actions)
	require.Contains(t, string(w.call("GET", "/runs/"+run+"/events", "").raw), `"request_id":"req-7"`)
	require.Equal(t, "run.not_found", w.call("GET", "/runs/none/events", "").body["code"])
}
