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
	items := got.body.objects("items")
	require.Len(t, items, 2)
	first := items[0]
	require.Equal(t, "refusal", first["kind"])
	require.Equal(t, refused.body["code"], first["code"])
	require.Equal(t, refused.body["issues"], first["issues"])
	require.Equal(t, "step.out_of_order", items[1]["code"])
	page := srv.call("GET", path+"/exceptions?limit=1", "")
	next := srv.call("GET", path+"/exceptions?limit=1&cursor="+page.body.text("next_cursor"), "")
	require.Equal(t, "step.out_of_order", next.body.objects("items")[0]["code"])
	require.Nil(t, next.body["next_cursor"])
	require.Equal(t, 404, srv.call("GET", "/runs/none/exceptions", "").status)
	require.Equal(t, 400, srv.call("GET", path+"/exceptions?cursor=x", "").status)
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
