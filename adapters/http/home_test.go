package http_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	httpadapter "github.com/procedo/procedo/adapters/http"
)

// noRedirects is a client that shows redirects instead of following them.
var noRedirects = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error {
	return http.ErrUseLastResponse
}}

// fetch sends a GET request without following redirects.
func (srv *testServer) fetch(path string, headers ...string) reply {
	srv.t.Helper()
	req, err := http.NewRequest(http.MethodGet, srv.base+path, nil)
	require.NoError(srv.t, err)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := noRedirects.Do(req)
	require.NoError(srv.t, err)
	body, err := io.ReadAll(res.Body)
	require.NoError(srv.t, err)
	require.NoError(srv.t, res.Body.Close())
	srv.requireDeclared(req, res, body)
	return reply{status: res.StatusCode, header: res.Header, raw: body}
}

// withDocs mounts a reference that has only its page, and the file "broken", which panics.
func withDocs(c *httpadapter.Config) {
	c.Version = "1.2.3"
	c.Mounts = map[string]httpadapter.Mount{"/docs/": {
		Serve: httpadapter.Serving(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/broken" {
				panic("broken")
			}
			_, _ = io.WriteString(w, "docs "+r.URL.Path)
		})),
		Methods: func(path string) []string {
			if path != "/" && path != "/broken" {
				return nil
			}
			return []string{"GET", "HEAD"}
		},
	}}
}

func TestTheRootSendsBrowsersToTheReference(t *testing.T) {
	srv := newTestServerWithConfig(t, withDocs)
	r := srv.fetch("/", "Accept", browserAccept)
	require.Equal(t, 303, r.status)
	require.Equal(t, "docs/", r.header.Get("Location"))
	require.Equal(t, "Accept, Accept-Language", r.header.Get("Vary"))
	require.Equal(t, 303, srv.fetch("/", "Accept", "text/html").status)
}

func TestTheRootSendsBrowsersToTheConsoleIfThereIsOne(t *testing.T) {
	srv := newTestServerWithConfig(t, func(c *httpadapter.Config) {
		withDocs(c)
		c.Mounts["/ui/"] = c.Mounts["/docs/"]
	})
	require.Equal(t, "ui/", srv.fetch("/", "Accept", browserAccept).header.Get("Location"))
	require.Equal(t, "/ui/", srv.call("GET", "/", "").body.object("links")["console"])
	require.NotContains(t, newTestServerWithConfig(t, withDocs).call("GET", "/", "").body.object("links"), "console")
}

func TestTheRootTellsProgramsTheWay(t *testing.T) {
	srv := newTestServerWithConfig(t, withDocs)
	for _, accept := range []string{"*/*", "", "application/json"} {
		r := srv.call("GET", "/", "", "Accept", accept)
		require.Equal(t, 200, r.status)
		require.Equal(t, "Procedo", r.body["name"])
		require.Equal(t, "1.2.3", r.body["version"])
		links := r.body.object("links")
		require.Equal(t, "/docs/", links["docs"])
		for name, address := range links {
			require.Equal(t, 200, srv.fetch(address.(string)).status, name)
		}
	}
	require.Equal(t, 406, srv.call("GET", "/", "", "Accept", "image/png").status)
	require.Equal(t, 405, srv.call("POST", "/", "{}").status)
	require.Equal(t, 400, srv.call("GET", "/?x=1", "").status)
}

func TestWithoutReferenceTheRootIsAPage(t *testing.T) {
	srv := newTestServer(t)
	for language, word := range map[string]string{"en": "Procedures", "fr": "Procédures"} {
		r := srv.call("GET", "/", "", "Accept", browserAccept, "Accept-Language", language)
		require.Equal(t, 200, r.status)
		require.Equal(t, language, r.header.Get("Content-Language"))
		require.Contains(t, textOf(r), word)
		require.NotContains(t, string(r.raw), "docs/")
	}
	require.NotContains(t, srv.call("GET", "/", "").body.object("links"), "docs")
	require.Equal(t, 404, srv.call("GET", "/docs/", "").status)
}

// TestMountsPassWhatTheAPIPasses shows that the request id, the metrics, panics, refused methods, unknown paths and the
// Host header of a mount are handled as those of the API.
func TestMountsPassWhatTheAPIPasses(t *testing.T) {
	hosts, err := httpadapter.NewHosts("127.0.0.1", true, nil)
	require.NoError(t, err)
	srv := newTestServerWithConfig(t, func(c *httpadapter.Config) { withDocs(c); c.Hosts = hosts })
	require.Equal(t, "docs /", string(srv.call("GET", "/docs/", "").raw))
	for _, path := range []string{"/docs/none", "/docs//", "/docs/x/", "/docsx", "/docs/%2e%2e/runs"} {
		r := srv.call("GET", path, "")
		require.Equal(t, 404, r.status, path)
		require.Equal(t, "request.not_found", r.body["code"])
	}
	refused := srv.call("POST", "/docs/", "{}")
	require.Equal(t, 405, refused.status)
	require.Equal(t, "GET, HEAD", refused.header.Get("Allow"))
	require.Equal(t, "request.method_not_allowed", refused.body["code"])
	require.Equal(t, 405, srv.call("POST", "/docs", "{}").status)

	redirect := srv.fetch("/docs")
	require.Equal(t, 308, redirect.status)
	require.Equal(t, "docs/", redirect.header.Get("Location"))

	require.Contains(t, string(srv.call("GET", "/metrics", "").raw), "\nprocedo_internal_errors_total 0\n")
	broken := srv.call("GET", "/docs/broken", "", "X-Request-Id", "r-1")
	require.Equal(t, 500, broken.status)
	require.Equal(t, "r-1", broken.header.Get("X-Request-Id"))
	require.Equal(t, "service.internal", broken.body["code"])
	metrics := string(srv.call("GET", "/metrics", "").raw)
	require.Contains(t, metrics, "\nprocedo_internal_errors_total 1\n")
	require.Contains(t, metrics, `procedo_request_seconds_count{operation="GET /docs/",status="200"}`)
	require.Contains(t, metrics, `procedo_request_seconds_count{operation="GET /docs/",status="500"}`)

	foreign, err := http.NewRequest(http.MethodGet, srv.base+"/docs/", nil)
	require.NoError(t, err)
	foreign.Host = "elsewhere.example"
	res, err := noRedirects.Do(foreign)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, http.StatusMisdirectedRequest, res.StatusCode)
}

func TestListsAreFoundWithoutTheSlashAtTheirEnd(t *testing.T) {
	srv := newTestServer(t)
	for _, path := range []string{"/problems", "/schemas"} {
		require.Equal(t, 200, srv.call("GET", path, "").status, path)
	}
}
