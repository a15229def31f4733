package http_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestExceptionsAreWordedLikeTheAnswersWere(t *testing.T) {
	w := newWorld(t)
	run := w.startTwoSteps()
	path := "/runs/" + run
	refused := w.call("POST", path+"/steps/first/commit", `{"slots":{"code":"abc","count":1.5,"strange":1}}`, "Accept-Language", "fr")
	require.Equal(t, 422, refused.status, "%s", refused.raw)
	w.call("POST", path+"/steps/last/commit", `{}`)
	got := w.call("GET", path+"/exceptions", "", "Accept-Language", "fr")
	require.Equal(t, 200, got.status)
	items := got.body["items"].([]any)
	require.Len(t, items, 2)
	first := items[0].(map[string]any)
	require.Equal(t, "refusal", first["kind"])
	require.Equal(t, refused.body["code"], first["code"])
	require.Equal(t, refused.body["issues"], first["issues"])
	require.Equal(t, "step.out_of_order", items[1].(map[string]any)["code"])
	page := w.call("GET", path+"/exceptions?limit=1", "")
	next := w.call("GET", path+"/exceptions?limit=1&cursor="+page.body["next_cursor"].(string), "")
	require.Equal(t, "step.out_of_order", next.body["items"].([]any)[0].(map[string]any)["code"])
	require.Nil(t, next.body["next_cursor"])
	require.Equal(t, 404, w.call("GET", "/runs/none/exceptions", "").status)
	require.Equal(t, 400, w.call("GET", path+"/exceptions?cursor=x", "").status)
}

func TestARunIsShownAsItStood(t *testing.T) {
	w := newWorld(t)
	run := "/runs/" + w.startTwoSteps()
	before := w.call("GET", run, "")
	w.call("POST", run+"/steps/first/commit", commitFirst)
	after := w.call("GET", run, "")
	for _, stood := range []reply{before, after} {
		at := fmt.Sprintf("%s?at=%v", run, stood.body["seq"])
		got := w.call("GET", at, "")
		require.Equal(t, stood.body, got.body)
		require.Equal(t, stood.header.Get("ETag"), got.header.Get("ETag"))
		require.Equal(t, 304, w.call("GET", at, "", "If-None-Match", got.header.Get("ETag")).status)
	}
	require.Equal(t, "run.event_not_found", w.call("GET", run+"?at=1000", "").body["code"])
	for _, bad := range []string{"0", "-1", "x", "1.5", "99999999999999999999"} {
		require.Equal(t, 400, w.call("GET", run+"?at="+bad, "").status, bad)
	}
}
