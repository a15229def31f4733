package http_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestExceptionsShowTheIssuesOfRefusals(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startTwoSteps()
	path := "/runs/" + run
	refused := srv.call("POST", path+"/steps/first/commit", `{"slots":{"code":"abc","count":1.5,"strange":1}}`,
		"Accept-Language", "fr")
	require.Equal(t, 422, refused.status, "%s", refused.raw)
	srv.call("POST", path+"/steps/last/commit", `{}`)
	got := srv.call("GET", path+"/exceptions", "", "Accept-Language", "fr")
	require.Equal(t, 200, got.status)
	require.Equal(t, "unproven", got.body.objects("items")[0]["kind"], "nobody was authenticated")
	items := got.body.objects("items")[1:]
	require.Len(t, items, 2)
	first := items[0]
	require.Equal(t, "refusal", first["kind"])
	require.Equal(t, refused.body["code"], first["code"])
	require.Equal(t, refused.body["issues"], first["issues"])
	require.Equal(t, "step.out_of_order", items[1]["code"])
	page := srv.call("GET", path+"/exceptions?limit=2", "")
	next := srv.call("GET", path+"/exceptions?limit=1&cursor="+page.body.text("next_cursor"), "")
	require.Equal(t, "step.out_of_order", next.body.objects("items")[0]["code"])
	require.Nil(t, next.body["next_cursor"])
	require.Equal(t, 404, srv.call("GET", "/runs/none/exceptions", "").status)
	require.Equal(t, 400, srv.call("GET", path+"/exceptions?cursor=x", "").status)
}

func TestTheMessageOfARuleIsInTheReadersLanguage(t *testing.T) {
	srv := newTestServer(t)
	rule := `"rules":[{"key":"order","assert":"b >= a","message":"The end is before the start.","fields":["b"],
		"translations":{"fr":{"message":"La fin précède le début."}}}]`
	for name, c := range map[string]struct{ language, wanted, message string }{
		"translated":                     {`"language":"en",`, "fr-CA", "La fin précède le début."},
		"own language":                   {`"language":"en",`, "en, fr;q=0.5", "The end is before the start."},
		"neither":                        {`"language":"en",`, "de", "The end is before the start."},
		"own language stated nowhere":    {"", "en", "The end is before the start."},
		"translation of an unstated one": {"", "fr", "La fin précède le début."},
	} {
		t.Run(name, func(t *testing.T) {
			doc := `{"name":"P",` + c.language + `"steps":[{"key":"s","title":"S","slots":[
				{"name":"a","type":"date"},{"name":"b","type":"date"}],` + rule + `}]}`
			created := srv.call("POST", "/procedures", doc)
			require.Equal(t, 201, created.status, "%s", created.raw)
			run := srv.call("POST", "/runs", fmt.Sprintf(`{"procedure_id":%q}`, created.body["id"]))
			path := "/runs/" + run.body.text("id")
			got := srv.call("POST", path+"/steps/s/commit", `{"slots":{"a":"2026-11-28","b":"2026-11-27"}}`,
				"Accept-Language", c.wanted)
			require.Equal(t, 422, got.status)
			issue := got.body.objects("issues")[0]
			require.Equal(t, "validation.rule", issue["code"])
			require.Equal(t, "slots.b", issue["field"])
			require.Equal(t, c.message, issue["message"])
			listed := srv.call("GET", path+"/exceptions", "", "Accept-Language", c.wanted)
			require.Equal(t, got.body["issues"], listed.body.objects("items")[1]["issues"])
		})
	}
}

func TestARunIsShownAsOfAnEarlierEvent(t *testing.T) {
	srv := newTestServer(t)
	run := "/runs/" + srv.startTwoSteps()
	before := srv.call("GET", run, "")
	srv.call("POST", run+"/steps/first/commit", commitFirst)
	after := srv.call("GET", run, "")
	for _, earlier := range []reply{before, after} {
		at := fmt.Sprintf("%s?at=%v", run, earlier.body["seq"])
		got := srv.call("GET", at, "")
		require.Equal(t, earlier.body, got.body)
		require.Equal(t, earlier.header.Get("ETag"), got.header.Get("ETag"))
		require.Equal(t, 304, srv.call("GET", at, "", "If-None-Match", got.header.Get("ETag")).status)
	}
	require.Equal(t, "run.event_not_found", srv.call("GET", run+"?at=1000", "").body["code"])
	for _, bad := range []string{"0", "-1", "x", "1.5", "99999999999999999999"} {
		require.Equal(t, 400, srv.call("GET", run+"?at="+bad, "").status, bad)
	}
}
