package http_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCreateAnswers201WithLocationAndETagThen200WhenIdenticalThen409WhenNot(t *testing.T) {
	w := newWorld(t)
	first := w.call("POST", "/procedures", twoSteps)
	require.Equal(t, 201, first.status)
	require.Equal(t, "/procedures/two-steps", first.header.Get("Location"))
	require.NotEmpty(t, first.header.Get("ETag"))
	require.EqualValues(t, 1, first.body["version"])
	require.Equal(t, []any{}, first.body["warnings"])

	same := w.call("POST", "/procedures", strings.Replace(twoSteps, `"name":"code"`, `"position":1,"required":true,"name":"code"`, 1))
	require.Equal(t, 200, same.status, "written otherwise, it says the same")
	require.Equal(t, first.header.Get("ETag"), same.header.Get("ETag"))
	require.Equal(t, "definition.unchanged", same.body["warnings"].([]any)[0].(map[string]any)["code"], "and says so")

	other := w.call("POST", "/procedures", strings.Replace(twoSteps, "Dernière", "Finale", 1))
	require.Equal(t, 409, other.status)
	require.Equal(t, "procedure.exists", other.body["code"])
}

func TestCreateWithoutIDMakesOneFromTheName(t *testing.T) {
	r := newWorld(t).call("POST", "/procedures", `{"name":"Mise à jour","steps":[{"key":"a","title":"A"}]}`)
	require.Equal(t, 201, r.status)
	require.Regexp(t, `^mise-a-jour-[0-9a-f]{8}$`, r.body["id"])
}

func TestAnInvalidDefinitionListsAllFindingsInDocumentOrderAndStoresNothing(t *testing.T) {
	w := newWorld(t)
	r := w.call("POST", "/procedures", `{"id":"bad","name":" ","colour":"red","steps":[
		{"key":"a","title":"A","when":"x ==","slots":[{"name":"x","type":"enum"},{"name":"x","type":"string","validate":"a)(b"}]},
		{"key":"a","title":"B","skippable":"yes"}]}`, "Accept-Language", "fr")
	require.Equal(t, 422, r.status)
	require.Equal(t, []string{
		"/name definition.blank", "/colour definition.unknown_member", "/steps/0/when definition.condition",
		"/steps/0/slots/0/options definition.options_required", "/steps/0/slots/1/name definition.duplicate",
		"/steps/0/slots/1/validate definition.pattern", "/steps/1/key definition.duplicate", "/steps/1/skippable definition.wrong_type",
	}, r.codes())
	require.Equal(t, "fr", r.header.Get("Content-Language"))
	require.Equal(t, "Définition invalide", r.body["title"])
	require.Equal(t, 404, w.call("GET", "/procedures/bad", "").status)
}

func TestOlderFormatsAreConvertedAndWhatTheyDropIsAWarning(t *testing.T) {
	w := newWorld(t)
	const old = `{"id":"old","name":"Old","steps":[{"id":"7","key":"a","title":"A","checklists":[{"key":"i","label":"I"}]}]}`
	warned := func(r reply) string {
		return fmt.Sprint(r.body["warnings"].([]any)[0].(map[string]any)["field"], " ", r.body["warnings"].([]any)[0].(map[string]any)["code"])
	}
	require.Equal(t, "/steps/0/id definition.dropped", warned(w.call("POST", "/procedures/lint", old)))
	made := w.call("POST", "/procedures", old, "Accept-Language", "fr")
	require.Equal(t, 201, made.status)
	require.Equal(t, "/steps/0/id definition.dropped", warned(made))
	require.Contains(t, string(made.raw), "a été omis")
	require.Contains(t, string(made.raw), `"checklist_items":[{"key":"i"`)
	require.Equal(t, 200, w.call("POST", "/procedures", old).status)
	back := w.call("GET", "/procedures/old", "")
	require.Equal(t, 200, w.call("PUT", "/procedures/old", string(back.raw), "If-Match", "*").status, "what is shown is format 2")
}

func TestPublishNeedsIfMatchAndMakesTheNextVersion(t *testing.T) {
	w := newWorld(t)
	tag := w.call("POST", "/procedures", twoSteps).header.Get("ETag")
	next := strings.Replace(twoSteps, "Dernière", "Finale", 1)

	require.Equal(t, 428, w.call("PUT", "/procedures/two-steps", next).status)
	stale := w.call("PUT", "/procedures/two-steps", next, "If-Match", `"1-0000000000000000-active"`)
	require.Equal(t, 412, stale.status)
	require.Equal(t, "procedure.stale", stale.body["code"])
	require.Equal(t, 412, w.call("PUT", "/procedures/two-steps", next, "If-Match", "W/"+tag).status, "weak tags do not guard")
	require.Equal(t, 404, w.call("PUT", "/procedures/none", next, "If-Match", "*").status)

	other := w.call("PUT", "/procedures/two-steps", strings.Replace(next, `"id":"two-steps"`, `"id":"else"`, 1), "If-Match", tag)
	require.Equal(t, []string{"/id definition.id_mismatch"}, other.codes())

	published := w.call("PUT", "/procedures/two-steps", next, "If-Match", tag)
	require.Equal(t, 200, published.status)
	require.EqualValues(t, 2, published.body["version"])
	require.NotEqual(t, tag, published.header.Get("ETag"))
	again := w.call("PUT", "/procedures/two-steps", next, "If-Match", published.header.Get("ETag"))
	require.EqualValues(t, 2, again.body["version"], "an identical one changes nothing")
}

func TestWhatGETAnswersMayBeEditedAndPutBack(t *testing.T) {
	w := newWorld(t)
	w.loadDemo()
	got := w.call("GET", "/procedures/incident-paiement-instantane", "")
	back := w.call("PUT", "/procedures/incident-paiement-instantane", string(got.raw), "If-Match", got.header.Get("ETag"))
	require.Equal(t, 200, back.status, "%s", back.raw)
	require.EqualValues(t, 1, back.body["version"], "nothing was edited")

	edited := strings.Replace(string(got.raw), "Clôture", "Clôture et bilan", 1)
	require.EqualValues(t, 2, w.call("PUT", "/procedures/incident-paiement-instantane", edited, "If-Match", got.header.Get("ETag")).body["version"])

	now := w.call("GET", "/procedures/incident-paiement-instantane", "")
	lying := strings.Replace(string(now.raw), `"version":2`, `"version":7`, 1)
	require.Equal(t, []string{"/version definition.read_only"}, w.call("PUT", "/procedures/incident-paiement-instantane", lying, "If-Match", "*").codes())
}

func TestVersionsAreListedNewestFirstAndMayBeKeptForEver(t *testing.T) {
	w := newWorld(t)
	w.call("POST", "/procedures", twoSteps)
	for i := range 3 {
		w.call("PUT", "/procedures/two-steps", strings.Replace(twoSteps, "Dernière", fmt.Sprint("Dernière ", i), 1), "If-Match", "*")
	}
	page := w.call("GET", "/procedures/two-steps/versions?limit=3", "")
	var versions []any
	for page.body["next_cursor"] != nil {
		for _, v := range page.body["items"].([]any) {
			versions = append(versions, v.(map[string]any)["version"])
		}
		require.Contains(t, page.header.Get("Link"), `rel="next"`)
		page = w.call("GET", "/procedures/two-steps/versions?limit=3&cursor="+page.body["next_cursor"].(string), "")
	}
	require.Equal(t, []any{4., 3., 2.}, versions)
	require.Len(t, page.body["items"], 1)

	first := w.call("GET", "/procedures/two-steps/versions/1", "")
	require.Contains(t, first.header.Get("Cache-Control"), "immutable")
	require.Equal(t, 304, w.call("GET", "/procedures/two-steps/versions/1", "", "If-None-Match", first.header.Get("ETag")).status)
	require.Equal(t, "procedure.version_not_found", w.call("GET", "/procedures/two-steps/versions/9", "").body["code"])
	require.Equal(t, 400, w.call("GET", "/procedures/two-steps/versions/0", "").status)
}

func TestAnArchivedProcedureTakesNoRunsAndNoVersionsAndRunsGoOn(t *testing.T) {
	w := newWorld(t)
	run := w.startTwoSteps()
	tag := w.call("GET", "/procedures/two-steps", "").header.Get("ETag")
	archived := w.call("POST", "/procedures/two-steps/archive", "")
	require.Equal(t, "archived", archived.body["status"])
	require.NotEqual(t, tag, archived.header.Get("ETag"), "the tag covers the status")
	require.Equal(t, 200, w.call("POST", "/procedures/two-steps/archive", "").status)
	require.Equal(t, "procedure.archived", w.call("POST", "/runs", `{"procedure_id":"two-steps"}`).body["code"])
	require.Equal(t, 409, w.call("PUT", "/procedures/two-steps", twoSteps, "If-Match", "*").status)
	require.Equal(t, 200, w.call("POST", "/runs/"+run+"/steps/first/commit", `{"slots":{"code":"ABC"},"checklist":[{"key":"seen","completed":true}]}`).status)
	require.Equal(t, "active", w.call("POST", "/procedures/two-steps/unarchive", "").body["status"])
	require.Equal(t, 201, w.call("POST", "/runs", `{"procedure_id":"two-steps"}`).status)
}

func TestLintSaysWhatSavingWouldSayAndStoresNothing(t *testing.T) {
	w := newWorld(t)
	good := w.call("POST", "/procedures/lint", twoSteps)
	require.Equal(t, true, good.body["valid"])
	require.Regexp(t, "^sha256:", good.body["digest"])
	bad := w.call("POST", "/procedures/lint", `{"steps":[]}`)
	require.Equal(t, 200, bad.status)
	require.Equal(t, []string{"/name definition.required", "/steps definition.no_steps"}, bad.codes())
	require.Empty(t, w.call("GET", "/procedures", "").body["items"])
}

func TestProceduresAreFilteredAndPagedByID(t *testing.T) {
	w := newWorld(t)
	for _, id := range []string{"a", "b", "c_d", "cxd"} {
		w.call("POST", "/procedures", `{"id":"`+id+`","name":"Name of `+id+`","steps":[{"key":"s","title":"S"}]}`)
	}
	w.call("POST", "/procedures/b/archive", "")
	require.Len(t, w.call("GET", "/procedures?status=active", "").body["items"], 3)
	require.Len(t, w.call("GET", "/procedures?query=NAME%20OF", "").body["items"], 4)
	require.Len(t, w.call("GET", "/procedures?query=c_d", "").body["items"], 1, "_ is no wildcard")
	require.Len(t, w.call("GET", "/procedures?query=%25", "").body["items"], 0, "nor is %%")
	page := w.call("GET", "/procedures?limit=2", "")
	w.call("POST", "/procedures", `{"id":"aa","name":"Between","steps":[{"key":"s","title":"S"}]}`)
	rest := w.call("GET", "/procedures?limit=2&cursor="+page.body["next_cursor"].(string), "")
	require.Equal(t, "c_d", rest.body["items"].([]any)[0].(map[string]any)["id"], "stable under inserts")
}
