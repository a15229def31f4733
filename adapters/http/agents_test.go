package http_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	httpadapter "github.com/procedo/procedo/adapters/http"
	"github.com/procedo/procedo/core/access"
)

// procedureForAgents has a step that an agent may prepare, and one that it may only read.
const procedureForAgents = `{"id":"left","name":"Left","steps":[
	{"key":"s","title":"S","skippable":true,"agents":"draft","slots":[
		{"name":"note","type":"string"},{"name":"pin","type":"string","sensitive":true,"required":false}]},
	{"key":"t","title":"T","agents":"none"}]}`

// An API token with agent: true is held to what the step allows, and the trail says so.
func TestAStepIsLeftToAPerson(t *testing.T) {
	tokens := everyRole()
	tokens["bot"] = access.Principal{
		ID: "token:bot", Via: access.ViaToken, Roles: access.RolesOf(access.Operator), Agent: &access.Agent{Subject: "bot"},
	}
	srv := newTestServerWithConfig(t, func(c *httpadapter.Config) { c.Authenticator = tokens })
	created := srv.call("POST", "/procedures", procedureForAgents, bearer("author")...)
	require.Equal(t, 201, created.status, "%s", created.raw)
	require.Equal(t, "draft", created.body.objects("steps")[0].text("agents"))
	path := srv.call("POST", "/runs", `{"procedure_id":"left"}`, bearer("bot")...).header.Get("Location")
	require.Equal(t, "draft", srv.call("GET", path+"/steps/s", "", bearer("bot")...).body.text("agents"))
	require.Equal(t, "none", srv.call("GET", path+"/steps/t", "", bearer("bot")...).body.text("agents"))
	saved := srv.call("PATCH", path+"/steps/s", `{"slots":{"note":"x","pin":"4711"}}`, bearer("bot")...)
	require.Equal(t, 200, saved.status, "%s", saved.raw)
	check := srv.call("POST", path+"/steps/s/check", `{}`, bearer("bot")...)
	require.Equal(t, true, check.body["committable"], "%s", check.raw)
	require.Equal(t, "t", check.body.object("next").text("step"))
	wrong := srv.call("POST", path+"/steps/s/check", `{"slots":{"note":1}}`, bearer("bot")...)
	require.Equal(t, false, wrong.body["committable"], "%s", wrong.raw)

	var refused []string
	for _, c := range []struct{ method, path, body, step, agents, action string }{
		{"POST", "/steps/s/commit", `{}`, "s", "draft", "step.commit_refused"},
		{"POST", "/steps/s/commit", `{"slots":{"note":1}}`, "s", "draft", "step.commit_refused"},
		{"POST", "/steps/s/skip", `{"reason":"r"}`, "s", "draft", "run.action_refused"},
		{"POST", "/steps/s/amend", `{"slots":{"note":"y"},"reason":"r"}`, "s", "draft", "run.action_refused"},
		{"POST", "/steps/s/slots/pin/reveal", `{"reason":"r"}`, "s", "draft", "run.action_refused"},
		{"POST", "/fail", `{"reason":"r"}`, "s", "draft", "run.action_refused"},
		{"PATCH", "/steps/t", `{"slots":{}}`, "t", "none", "step.draft_refused"},
		{"POST", "/steps/t/check", `{}`, "t", "none", ""},
	} {
		for language, title := range map[string]string{"en": "Left to a person", "fr": "Étape réservée à une personne"} {
			got := srv.call(c.method, path+c.path, c.body, append(bearer("bot"), "Accept-Language", language)...)
			require.Equal(t, 403, got.status, "%s: %s", c.path, got.raw)
			require.Equal(t, "step.agent", got.body.text("code"))
			require.Equal(t, title, got.body.text("title"))
			require.Contains(t, got.body.text("detail"), map[string]string{"en": "“" + c.step + "”", "fr": "«\u00a0" + c.step + "\u00a0»"}[language])
			require.Equal(t, object{"step": c.step, "agents": c.agents}, got.body.object("params"))
		}
		if c.action != "" {
			refused = append(refused, c.action)
		}
	}
	stale := srv.call("POST", path+"/steps/s/commit", `{"slots":{"note":1}}`, append(bearer("bot"), "If-Match", `"99-99-en.1"`)...)
	require.Equal(t, 403, stale.status, "what a step leaves to a person does not depend on If-Match")
	require.Equal(t, 404, srv.call("POST", path+"/steps/u/commit", `{}`, bearer("bot")...).status)
	require.Equal(t, 403, srv.call("POST", path+"/steps/s/commit", `{}`, bearer("auditor")...).status)

	run := srv.call("GET", path, "", bearer("operator")...).body
	require.Equal(t, saved.body["revision"], run["revision"])
	require.Equal(t, saved.body["steps"], run["steps"], "nothing else has changed")
	events := srv.call("GET", path+"/events", "", bearer("auditor")...).body.objects("items")
	for i, action := range append(refused, "step.commit_refused") {
		e := events[4+i] // created, opened, started, draft saved
		require.Equal(t, action, e.text("action"))
		require.Equal(t, "step.agent", e.object("payload").text("code"))
		require.Equal(t, "bot", e.object("payload").object("by").object("agent").text("sub"))
		require.NotContains(t, e["payload"], "issues")
	}
	require.Len(t, events, 4+len(refused)+1, "neither a repeat nor a check is recorded, nor who has no permission")

	done := srv.call("POST", path+"/steps/s/commit", `{}`, bearer("operator")...)
	require.Equal(t, 200, done.status, "%s", done.raw)
	require.Equal(t, "agent", done.body.objects("steps")[0].object("origins")["note"])
}
