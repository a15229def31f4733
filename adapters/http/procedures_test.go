package http_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCreateProcedure(t *testing.T) {
	srv := newTestServer(t)
	first := srv.call("POST", "/procedures", twoSteps)
	require.Equal(t, 201, first.status)
	require.Equal(t, "/procedures/two-steps", first.header.Get("Location"))
	require.NotEmpty(t, first.header.Get("ETag"))
	require.EqualValues(t, 1, first.body["version"])
	require.Equal(t, []any{}, first.body["warnings"])

	withDefaults := strings.Replace(twoSteps, `"name":"code"`, `"position":1,"required":true,"name":"code"`, 1)
	same := srv.call("POST", "/procedures", withDefaults)
	require.Equal(t, 200, same.status, "the document differs, but not the definition")
	require.Equal(t, first.header.Get("ETag"), same.header.Get("ETag"))
	require.Equal(t, "definition.unchanged", same.body.objects("warnings")[0]["code"])

	other := srv.call("POST", "/procedures", strings.Replace(twoSteps, "Dernière", "Finale", 1))
	require.Equal(t, 409, other.status)
	require.Equal(t, "procedure.exists", other.body["code"])
}

func TestCreateMakesAnIDFromTheName(t *testing.T) {
	r := newTestServer(t).call("POST", "/procedures", `{"name":"Mise à jour","steps":[{"key":"a","title":"A"}]}`)
	require.Equal(t, 201, r.status)
	require.Regexp(t, `^mise-a-jour-[0-9a-f]{8}$`, r.body["id"])
}

func TestCreateReportsAllIssuesOfADefinitionInOrder(t *testing.T) {
	srv := newTestServer(t)
	r := srv.call("POST", "/procedures", `{"id":"bad","name":" ","colour":"red","steps":[
		{"key":"a","title":"A","when":"x ==",
		 "slots":[{"name":"x","type":"enum"},{"name":"x","type":"string","validate":"a)(b"}]},
		{"key":"a","title":"B","skippable":"yes"}]}`, "Accept-Language", "fr")
	require.Equal(t, 422, r.status)
	require.Equal(t, []string{
		"/name definition.blank", "/colour definition.unknown_member", "/steps/0/when definition.condition",
		"/steps/0/slots/0/options definition.options_required", "/steps/0/slots/1/name definition.duplicate",
		"/steps/0/slots/1/validate definition.pattern", "/steps/1/key definition.duplicate",
		"/steps/1/skippable definition.wrong_type",
	}, r.codes())
	require.Equal(t, "fr", r.header.Get("Content-Language"))
	require.Equal(t, "Définition invalide", r.body["title"])
	require.Equal(t, 404, srv.call("GET", "/procedures/bad", "").status)
}

func TestOlderFormatsAreConvertedWithWarnings(t *testing.T) {
	srv := newTestServer(t)
	const old = `{"id":"old","name":"Old","steps":[
		{"id":"7","key":"a","title":"A","checklists":[{"key":"i","label":"I"}]}]}`
	warning := func(r reply) string {
		first := r.body.objects("warnings")[0]
		return first.text("field") + " " + first.text("code")
	}
	require.Equal(t, "/steps/0/id definition.dropped", warning(srv.call("POST", "/procedures/lint", old)))
	made := srv.call("POST", "/procedures", old, "Accept-Language", "fr")
	require.Equal(t, 201, made.status)
	require.Equal(t, "/steps/0/id definition.dropped", warning(made))
	require.Contains(t, string(made.raw), "a été omis")
	require.Contains(t, string(made.raw), `"checklist_items":[{"key":"i"`)
	require.Equal(t, 200, srv.call("POST", "/procedures", old).status)
	back := srv.call("GET", "/procedures/old", "")
	require.Equal(t, 200, srv.call("PUT", "/procedures/old", string(back.raw), "If-Match", "*").status,
		"responses are in format 2")
}

func TestPublishRequiresIfMatch(t *testing.T) {
	srv := newTestServer(t)
	tag := srv.call("POST", "/procedures", twoSteps).header.Get("ETag")
	next := strings.Replace(twoSteps, "Dernière", "Finale", 1)

	require.Equal(t, 428, srv.call("PUT", "/procedures/two-steps", next).status)
	stale := srv.call("PUT", "/procedures/two-steps", next, "If-Match", `"1-0000000000000000-active"`)
	require.Equal(t, 412, stale.status)
	require.Equal(t, "procedure.stale", stale.body["code"])
	weak := srv.call("PUT", "/procedures/two-steps", next, "If-Match", "W/"+tag)
	require.Equal(t, 412, weak.status, "a weak tag never matches")
	require.Equal(t, "request.weak_etag", weak.body["code"])
	require.Equal(t, 404, srv.call("PUT", "/procedures/none", next, "If-Match", "*").status)

	otherID := strings.Replace(next, `"id":"two-steps"`, `"id":"else"`, 1)
	other := srv.call("PUT", "/procedures/two-steps", otherID, "If-Match", tag)
	require.Equal(t, []string{"/id definition.id_mismatch"}, other.codes())

	published := srv.call("PUT", "/procedures/two-steps", next, "If-Match", tag)
	require.Equal(t, 200, published.status)
	require.EqualValues(t, 2, published.body["version"])
	require.NotEqual(t, tag, published.header.Get("ETag"))
	again := srv.call("PUT", "/procedures/two-steps", next, "If-Match", published.header.Get("ETag"))
	require.EqualValues(t, 2, again.body["version"], "an identical definition changes nothing")
}

func TestAProcedureFromGETCanBeEditedAndPublished(t *testing.T) {
	srv := newTestServer(t)
	srv.loadDemo()
	const path = "/procedures/incident-paiement-instantane"
	got := srv.call("GET", path, "")
	back := srv.call("PUT", path, string(got.raw), "If-Match", got.header.Get("ETag"))
	require.Equal(t, 200, back.status, "%s", back.raw)
	require.EqualValues(t, 1, back.body["version"], "nothing was edited")

	edited := strings.Replace(string(got.raw), "Clôture", "Clôture et bilan", 1)
	require.EqualValues(t, 2, srv.call("PUT", path, edited, "If-Match", got.header.Get("ETag")).body["version"])

	second := srv.call("GET", path, "")
	wrongVersion := strings.Replace(string(second.raw), `"version":2`, `"version":7`, 1)
	require.Equal(t, []string{"/version definition.read_only"},
		srv.call("PUT", path, wrongVersion, "If-Match", "*").codes())
}

func TestVersionsAreListedNewestFirstAndImmutable(t *testing.T) {
	srv := newTestServer(t)
	srv.call("POST", "/procedures", twoSteps)
	for i := range 3 {
		edited := strings.Replace(twoSteps, "Dernière", fmt.Sprint("Dernière ", i), 1)
		srv.call("PUT", "/procedures/two-steps", edited, "If-Match", "*")
	}
	page := srv.call("GET", "/procedures/two-steps/versions?limit=3", "")
	var versions []any
	for page.body["next_cursor"] != nil {
		for _, v := range page.body.objects("items") {
			versions = append(versions, v["version"])
		}
		require.Contains(t, page.header.Get("Link"), `rel="next"`)
		page = srv.call("GET", "/procedures/two-steps/versions?limit=3&cursor="+page.body.text("next_cursor"), "")
	}
	require.Equal(t, []any{4., 3., 2.}, versions)
	require.Len(t, page.body["items"], 1)

	first := srv.call("GET", "/procedures/two-steps/versions/1", "")
	require.Contains(t, first.header.Get("Cache-Control"), "immutable")
	again := srv.call("GET", "/procedures/two-steps/versions/1", "", "If-None-Match", first.header.Get("ETag"))
	require.Equal(t, 304, again.status)
	require.Equal(t, "procedure.version_not_found", srv.call("GET", "/procedures/two-steps/versions/9", "").body["code"])
	require.Equal(t, 400, srv.call("GET", "/procedures/two-steps/versions/0", "").status)
}

func TestAnArchivedProcedureAcceptsNoNewRunsAndVersions(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startTwoSteps()
	tag := srv.call("GET", "/procedures/two-steps", "").header.Get("ETag")
	archived := srv.call("POST", "/procedures/two-steps/archive", "")
	require.Equal(t, "archived", archived.body["status"])
	require.NotEqual(t, tag, archived.header.Get("ETag"), "the tag covers the status")
	require.Equal(t, 200, srv.call("POST", "/procedures/two-steps/archive", "").status)
	require.Equal(t, "procedure.archived", srv.call("POST", "/runs", `{"procedure_id":"two-steps"}`).body["code"])
	require.Equal(t, 409, srv.call("PUT", "/procedures/two-steps", twoSteps, "If-Match", "*").status)
	require.Equal(t, 200, srv.call("POST", "/runs/"+run+"/steps/first/commit", commitFirst).status, "open runs continue")
	require.Equal(t, "active", srv.call("POST", "/procedures/two-steps/unarchive", "").body["status"])
	require.Equal(t, 201, srv.call("POST", "/runs", `{"procedure_id":"two-steps"}`).status)
}

func TestLintReportsIssuesAndStoresNothing(t *testing.T) {
	srv := newTestServer(t)
	good := srv.call("POST", "/procedures/lint", twoSteps)
	require.Equal(t, true, good.body["valid"])
	require.Regexp(t, "^sha256:", good.body["digest"])
	bad := srv.call("POST", "/procedures/lint", `{"steps":[]}`)
	require.Equal(t, 200, bad.status)
	require.Equal(t, []string{"/name definition.required", "/steps definition.no_steps"}, bad.codes())
	require.Empty(t, srv.call("GET", "/procedures", "").body["items"])
}

func TestProceduresAreFilteredAndPagedByID(t *testing.T) {
	srv := newTestServer(t)
	for _, id := range []string{"a", "b", "c_d", "cxd"} {
		srv.call("POST", "/procedures",
			`{"id":"`+id+`","name":"Name of `+id+`","steps":[{"key":"s","title":"S"}]}`)
	}
	srv.call("POST", "/procedures/b/archive", "")
	require.Len(t, srv.call("GET", "/procedures?status=active", "").body["items"], 3)
	require.Len(t, srv.call("GET", "/procedures?query=NAME%20OF", "").body["items"], 4)
	require.Len(t, srv.call("GET", "/procedures?query=c_d", "").body["items"], 1, "_ is not a wildcard")
	require.Len(t, srv.call("GET", "/procedures?query=%25", "").body["items"], 0, "%% is not a wildcard")
	page := srv.call("GET", "/procedures?limit=2", "")
	srv.call("POST", "/procedures", `{"id":"aa","name":"Between","steps":[{"key":"s","title":"S"}]}`)
	rest := srv.call("GET", "/procedures?limit=2&cursor="+page.body.text("next_cursor"), "")
	require.Equal(t, "c_d", rest.body.objects("items")[0]["id"], "stable under inserts")
}
