package http_test

import (
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/stretchr/testify/require"
)

func TestTheGraphOfAVersion(t *testing.T) {
	openapi3filter.RegisterBodyDecoder("text/vnd.mermaid", openapi3filter.FileBodyDecoder)
	srv := newTestServer(t)
	srv.startFormed()
	const path = "/procedures/formed/versions/1/graph"
	r := srv.call("GET", path, "", "Accept-Language", "en")
	require.Equal(t, "application/json", r.header.Get("Content-Type"))
	require.Equal(t, "a", r.body.text("start"))
	nodes, edges := r.body.objects("nodes"), r.body.objects("edges")
	require.Len(t, nodes, 4)
	require.Equal(t, "First", nodes[0].text("title"))
	require.Equal(t, object{
		"key": "end", "title": "end", "type": "end", "skippable": false, "on_return": "blank",
	}, nodes[3])
	require.Equal(t, []object{
		{"from": "a", "to": "b", "default": true, "back": false},
		{"from": "b", "to": "c", "default": true, "back": false},
		{"from": "b", "to": "c", "unless": "has(a.level) && a.level == 'high'", "default": false, "back": false},
		{"from": "c", "to": "end", "default": true, "back": false},
	}, edges)
	require.Contains(t, r.header.Get("Cache-Control"), "immutable")
	require.Equal(t, "Accept, Accept-Language, Prefer", r.header.Get("Vary"))

	mermaid := srv.call("GET", path, "", "Accept", "text/vnd.mermaid", "Accept-Language", "fr")
	require.Equal(t, "text/vnd.mermaid; charset=utf-8", mermaid.header.Get("Content-Type"))
	require.True(t, strings.HasPrefix(string(mermaid.raw), "flowchart TD\n  s1[\"Premier<br>peut être sautée\"]\n"))
	require.NotEqual(t, r.header.Get("ETag"), mermaid.header.Get("ETag"))
	for accept, media := range map[string]string{
		"": "application/json", "*/*": "application/json", "application/json, text/vnd.mermaid": "application/json",
		"text/*": "text/vnd.mermaid", "text/vnd.mermaid, */*": "text/vnd.mermaid",
		"application/json;q=0.5, text/vnd.mermaid": "text/vnd.mermaid",
		"application/json, text/vnd.mermaid;q=0.5": "application/json",
		"text/vnd.mermaid;q=0, application/*":      "application/json",
	} {
		got := srv.call("GET", path, "", "Accept", accept)
		require.True(t, strings.HasPrefix(got.header.Get("Content-Type"), media), accept)
		again := srv.call("GET", path, "", "Accept", accept, "If-None-Match", got.header.Get("ETag"))
		require.Equal(t, 304, again.status)
	}
	require.Equal(t, 406, srv.call("GET", path, "", "Accept", "image/png").status)
	require.Equal(t, 404, srv.call("GET", "/procedures/formed/versions/2/graph", "").status)
	require.Equal(t, 404, srv.call("GET", "/procedures/none/versions/1/graph", "").status)
	require.Equal(t, 200, srv.call("HEAD", path, "").status)
}

func TestADraftHasTheGraphOfTheVersionThatItBecomes(t *testing.T) {
	srv := newTestServer(t)
	srv.startFormed()
	for _, language := range []string{"en", "fr"} {
		stored := srv.call("GET", "/procedures/formed/versions/1/graph", "", "Accept-Language", language)
		draft := srv.call("GET", "/procedures/formed", "")
		lint := srv.call("POST", "/procedures/lint", string(draft.raw), "Accept-Language", language)
		graph := stored.body
		delete(graph, "procedure_id")
		delete(graph, "version")
		require.Equal(t, graph, lint.body.object("graph"), language)
	}
	refused := srv.call("POST", "/procedures/lint", `{"name":"N","steps":[]}`)
	require.NotContains(t, refused.body, "graph")
}
