package http_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/app"
)

// TestAPageEndsBeforeTheItemThatWouldPass4MiB reads every list of large items to its end, by its cursors and by its
// links. A page has at most 4 MiB, however much longer the items are in JSON than in storage, or a single item.
func TestAPageEndsBeforeTheItemThatWouldPass4MiB(t *testing.T) {
	srv := newTestServer(t)
	long := strings.Repeat(`\"`, 150_000) // each quotation mark takes up to five bytes in an event
	for i := range 16 {
		doc := fmt.Sprintf(`{"id":"p%02d","name":"P","description":"%s","steps":[{"key":"s","title":"S","slots":[
			{"name":"a","type":"text"}]}]}`, i, long)
		require.Equal(t, 201, srv.call("POST", "/procedures", doc).status)
	}
	path := ""
	for i := range 15 {
		r := srv.call("POST", "/runs", fmt.Sprintf(`{"procedure_id":"p00","metadata":{"text":"%s"}}`, long))
		require.Equal(t, 201, r.status)
		if i > 2 {
			continue
		}
		path = "/runs/" + r.body.text("id")
		for k := range 3 {
			body := fmt.Sprintf(`{"slots":{"a":"%d%s"}}`, k, long)
			require.Equal(t, 200, srv.call("PATCH", path+"/steps/s", body).status)
		}
	}
	require.Equal(t, 200, srv.call("POST", path+"/fail", `{"reason":"enough"}`).status)
	for list, want := range map[string]struct {
		items int
		key   func(object) string
	}{
		"/procedures?":        {16, func(o object) string { return o.text("id") }},
		"/runs?":              {15, func(o object) string { return o.text("id") }},
		path + "/events?":     {7, func(o object) string { return o.text("id") }},
		path + "/exceptions?": {1, func(o object) string { return fmt.Sprint(o["seq"]) }},
		"/audit-events?":      {16 + 2*15 + 3*4 + 1, func(o object) string { return o.text("id") }},
		"/audit-events?entity_id=" + path[6:] + "&": {7, func(o object) string { return o.text("id") }},
	} {
		for _, limit := range []int{3, 200} {
			seen := map[string]bool{}
			for next := fmt.Sprintf("%slimit=%d", list, limit); next != ""; {
				page := srv.call("GET", next, "")
				require.Equal(t, 200, page.status, next)
				items := page.body.objects("items")
				if len(items) > 1 {
					require.LessOrEqual(t, len(page.raw), app.PageBytes, next)
				}
				for _, item := range items {
					require.False(t, seen[want.key(item)], "%s twice in %s", want.key(item), list)
					seen[want.key(item)] = true
				}
				next = ""
				if cursor, more := page.body["next_cursor"]; more {
					require.NotEmpty(t, items)
					next = fmt.Sprintf("%slimit=%d&cursor=%s", list, limit, url.QueryEscape(cursor.(string)))
				}
				require.Equal(t, next != "", page.header.Get("Link") != "")
			}
			require.Len(t, seen, want.items, "%s, %d a page", list, limit)
		}
	}
}
