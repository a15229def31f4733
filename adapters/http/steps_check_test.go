package http_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestACheckSaysWhatACommitWouldLeadTo(t *testing.T) {
	srv := newTestServer(t)
	path := srv.startFormed()
	check := func(step, body string, headers ...string) reply {
		return srv.call("POST", path+"/steps/"+step+"/check", body, headers...)
	}
	empty := check("a", "", "Accept-Language", "en").body
	require.Equal(t, false, empty["committable"])
	require.Equal(t, []any{"slots.level"}, empty["missing"])
	require.Nil(t, empty["next"])
	require.Equal(t, "A value is required.", empty.objects("issues")[0].text("message"))

	wrong := check("a", `{"slots":{"level":"medium"},"checklist":[{"key":"x","completed":true}]}`, "Accept-Language", "en")
	require.Equal(t, 200, wrong.status)
	require.Equal(t, []string{"slots.level validation.enum", "checklist.x validation.unexpected_item"}, wrong.codes())
	require.Contains(t, wrong.body.objects("issues")[0].text("message"), "low, High", "options are shown by their labels")
	require.EqualValues(t, 2, wrong.body["issue_count"])

	low := check("a", `{"slots":{"level":"low"}}`, "Idempotency-Key", "k").body
	require.Equal(t, true, low["committable"])
	require.Equal(t, []any{"slots.amount", "checklist.i"}, low["not_applicable"])
	require.Equal(t, []any{"slots.level"}, low["needed"])
	require.Equal(t, map[string]any{
		"run_state": "in_progress", "step": "c", "title": "Troisième", "visit": 1.0, "passed_over": []any{"b"},
	}, low["next"])
	when := named(low.objects("decisions"), "condition", "/steps/1/when")
	require.Equal(t, false, when["result"])
	require.Equal(t, object{"a.level": "low"}, when.object("values"))

	run := srv.call("GET", path, "").body
	require.Equal(t, "pending", run.text("state"))
	require.EqualValues(t, 2, run["seq"], "nothing was stored, not even a refusal")
}

// What no data can change is refused as by a commit; malformed requests are, too.
func TestACheckIsRefusedAsACommitWhereDataDoesNotMatter(t *testing.T) {
	srv := newTestServer(t)
	path := srv.startFormed()
	for _, c := range []struct {
		path, body string
		status     int
		code       string
	}{
		{path + "/steps/x", `{}`, 404, "step.not_found"},
		{"/runs/none/steps/a", `{}`, 404, "run.not_found"},
		{path + "/steps/b", `{}`, 409, "step.out_of_order"},
		{path + "/steps/a", `{"visit":2}`, 409, "step.visit"},
		{path + "/steps/a", `{"slots":`, 400, "request.malformed"},
		{path + "/steps/a", `{"slots":[]}`, 400, "request.invalid"},
		{path + "/steps/a", `{"reason":"x"}`, 400, "request.invalid"},
	} {
		checked := srv.call("POST", c.path+"/check", c.body)
		require.Equal(t, c.status, checked.status, "%s", checked.raw)
		require.Equal(t, c.code, checked.body.text("code"))
		committed := srv.call("POST", c.path+"/commit", c.body)
		require.Equal(t, c.status, committed.status)
		require.Equal(t, committed.body["code"], checked.body["code"])
		require.Equal(t, committed.body["issues"], checked.body["issues"])
	}
	require.Equal(t, 200, srv.call("POST", path+"/fail", `{"reason":"enough"}`).status)
	final := srv.call("POST", path+"/steps/a/check", `{"slots":{"level":"low"}}`)
	require.Equal(t, 409, final.status)
	require.Equal(t, "run.state", final.body.text("code"))
	require.Equal(t, 405, srv.call("GET", path+"/steps/a/check", "").status)
}

// A refusal without issues is one issue with the code and the text of the problem.
func TestACheckShowsARefusalWithoutIssuesAsAnIssue(t *testing.T) {
	srv := newTestServer(t)
	require.Equal(t, 201, srv.call("POST", "/procedures", `{"id":"p","name":"P","steps":[{"key":"s","title":"S",
		"slots":[{"name":"n","type":"integer","when":"run.metadata.x == 1"}]}]}`).status)
	path := "/runs/" + srv.call("POST", "/runs", `{"procedure_id":"p"}`).body.text("id")
	check := srv.call("POST", path+"/steps/s/check", `{}`)
	require.Equal(t, []string{" condition.failed"}, check.codes())
	commit := srv.call("POST", path+"/steps/s/commit", `{}`)
	require.Equal(t, 422, commit.status)
	require.Equal(t, commit.body.text("detail"), check.body.objects("issues")[0].text("message"))
	require.Equal(t, commit.body["params"], check.body.objects("issues")[0]["params"])
	require.Equal(t, 200, srv.call("GET", path+"/steps/s", "").status)
}
