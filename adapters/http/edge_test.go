package http_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	httpadapter "github.com/procedo/procedo/adapters/http"
)

// raw sends bytes to the server and returns the status, code and body of the first response.
func (srv *testServer) rawCall(request string) (status int, body string) {
	srv.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(srv.base, "http://"))
	require.NoError(srv.t, err)
	defer conn.Close() //nolint:errcheck // the response is read
	require.NoError(srv.t, conn.SetDeadline(time.Now().Add(time.Minute)))
	_, err = io.WriteString(conn, request)
	require.NoError(srv.t, err)
	method, _, _ := strings.Cut(request, " ")
	res, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	require.NoError(srv.t, err)
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	require.NoError(srv.t, err)
	return res.StatusCode, string(data)
}

func TestAForeignHostIsMisdirected(t *testing.T) {
	hosts, err := httpadapter.NewHosts("127.0.0.1", true, []string{"Procedo.Example.org:8443", "bücher.example", "fe80::1"})
	require.NoError(t, err)
	srv := newTestServerWithConfig(t, func(c *httpadapter.Config) { c.Hosts = hosts })
	for host, own := range map[string]bool{
		"127.0.0.1": true, "127.0.0.1:1": true, "127.0.0.1:": true, "127.9.8.7": true, "localhost": true,
		"LocalHost:99": true, "localhost.": true, "localhost.:80": true, "[::1]": true, "[::1]:8080": true,
		"[0:0:0:0:0:0:0:1]": true, "[::ffff:127.0.0.1]": true, "[::1%25lo]": true,
		"procedo.example.org": true, "PROCEDO.example.ORG:1": true, "xn--bcher-kva.example": true, "[fe80::1]:80": true,
		"": false, "evil.example": false, "127.0.0.1.evil.example": false, "localhost.evil.example": false,
		"evil.localhost": false, "localhost..": false, "127.1": false, "2130706433": false, "0x7f.0.0.1": false,
		"0177.0.0.1": false, "0.0.0.0": false, "[::]": false, "::1": false, "[127.0.0.1]": false, "[::1": false,
		"[::1]x": false, "128.0.0.1": false, "localhost:80:80": false, "localhost:x": false, "user@localhost": false,
		"localhost,evil.example": false, "10.0.0.1": false, "procedo.example": false, ".localhost": false,
		"sub.procedo.example.org": false, "localhost/": false, "[::ffff:10.0.0.1]": false, "[::1]:80:80": false,
	} {
		for _, path := range []string{"/procedures", "/nowhere", "/metrics", "/openapi.yaml"} {
			status, body := srv.with(t).rawCall(fmt.Sprintf("GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", path, host))
			if own {
				require.NotEqual(t, 421, status, "%q", host)
				continue
			}
			if status != 400 { // net/http refuses what is no header at all
				require.Equal(t, 421, status, "%q %s", host, body)
				require.Contains(t, body, `"code":"request.foreign_host"`)
			}
		}
		status, _ := srv.with(t).rawCall(fmt.Sprintf("GET /livez HTTP/1.1\r\nHost: %s\r\n\r\n", host))
		require.Contains(t, []int{200, 400}, status, "probes are answered under every name: %q", host)
	}
	for request, want := range map[string]int{
		"GET /procedures HTTP/1.0\r\n\r\n":                                                  421,
		"GET /readyz HTTP/1.0\r\n\r\n":                                                      200,
		"HEAD /readyz HTTP/1.1\r\nHost: evil.example\r\n\r\n":                               200,
		"GET http://evil.example/procedures HTTP/1.1\r\nHost: localhost\r\n\r\n":            421,
		"GET http://localhost/procedures HTTP/1.1\r\nHost: localhost\r\n\r\n":               200,
		"GET /livez/../procedures HTTP/1.1\r\nHost: evil.example\r\n\r\n":                   421,
		"POST /livez HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 0\r\n\r\n":           421,
		"GET /procedures HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: a\r\n\r\n":     421,
		"GET /procedures HTTP/1.1\r\nHost: evil.example\r\nX-Actor: a\xffb\r\n\r\n":         421,
		"GET /procedures HTTP/1.1\r\nHost: evil.example\r\nAccept-Language: fr\r\n\r\n":     421,
		"GET /procedures HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Host: evil.example\r\n": 0,
	} {
		if want == 0 {
			request, want = request+"\r\n", 200
		}
		status, body := srv.rawCall(request)
		require.Equal(t, want, status, "%q: %s", request, body)
	}
	_, body := srv.rawCall("GET /procedures HTTP/1.1\r\nHost: evil.example\r\nAccept-Language: fr\r\n\r\n")
	require.Contains(t, body, "Nom d’hôte non reconnu")
}

func TestElsewhereTheHostIsCheckedOnlyIfNamesAreGiven(t *testing.T) {
	for listen, c := range map[string]struct {
		more []string
		host string
		own  bool
	}{
		"":          {nil, "anything.example", true},
		"10.0.0.9":  {nil, "", true},
		"0.0.0.0":   {[]string{"procedo.example"}, "procedo.example", true},
		"::":        {[]string{"procedo.example"}, "other.example", false},
		"10.0.0.10": {[]string{"procedo.example"}, "10.0.0.10:80", true},
		"10.0.0.11": {[]string{"procedo.example"}, "127.0.0.1", false},
		"10.0.0.12": {[]string{"procedo.example"}, "localhost", true},
		"[::]":      {[]string{"[2001:db8::1]:80"}, "[2001:DB8:0::1]", true},
	} {
		hosts, err := httpadapter.NewHosts(listen, false, c.more)
		require.NoError(t, err)
		srv := newTestServerWithConfig(t, func(config *httpadapter.Config) { config.Hosts = hosts })
		status, _ := srv.rawCall(fmt.Sprintf("GET /procedures HTTP/1.1\r\nHost: %s\r\n\r\n", c.host))
		require.Equal(t, c.own, status == 200, "%q on %q: %d", c.host, listen, status)
	}
	for _, name := range []string{"", " ", "https://procedo.example", "*.example", "a b", "a/b", "[::1", "a:b", "é\x00"} {
		_, err := httpadapter.NewHosts("127.0.0.1", true, []string{name})
		require.ErrorIs(t, err, httpadapter.ErrHost, "%q", name)
	}
}

func TestAWriteFromAnotherSiteIsForbidden(t *testing.T) {
	srv := newTestServer(t)
	run := srv.startTwoSteps()
	self := srv.base
	for name, c := range map[string]struct {
		headers []string
		allowed bool
	}{
		"no browser":             {nil, true},
		"own page":               {[]string{"Sec-Fetch-Site", "same-origin", "Origin", self}, true},
		"typed by the user":      {[]string{"Sec-Fetch-Site", "none"}, true},
		"older browser, own":     {[]string{"Origin", self}, true},
		"another site":           {[]string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, false},
		"another port":           {[]string{"Sec-Fetch-Site", "same-site", "Origin", "http://127.0.0.1:1"}, false},
		"older browser, foreign": {[]string{"Origin", "https://evil.example"}, false},
		"older browser, port":    {[]string{"Origin", "http://127.0.0.1:1"}, false},
		"sandboxed frame":        {[]string{"Origin", "null"}, false},
		"claims only an origin":  {[]string{"Sec-Fetch-Site", "cross-site", "Origin", self}, false},
		"unknown value":          {[]string{"Sec-Fetch-Site", "moon"}, false},
		"letter case":            {[]string{"Sec-Fetch-Site", "Cross-Site"}, false},
	} {
		for _, write := range [][3]string{
			{"POST", "/procedures/two-steps/unarchive", ""}, {"POST", "/procedures/two-steps/archive", ""},
			{"POST", "/procedures/two-steps/unarchive", ""}, {"POST", "/procedures/lint", `{}`},
			{"PUT", "/procedures/two-steps", twoSteps}, {"PATCH", "/runs/" + run + "/steps/first", `{}`},
			{"POST", "/runs", `{"procedure_id":"two-steps"}`}, {"POST", "/runs/" + run + "/steps/first/commit", ""},
			{"DELETE", "/runs/" + run, ""},
		} {
			r := srv.with(t).call(write[0], write[1], write[2], c.headers...)
			require.Equal(t, c.allowed, r.status != 403, "%s: %s %d", name, write, r.status)
			if !c.allowed {
				require.Equal(t, "request.cross_site", r.body["code"])
			}
		}
		for _, method := range []string{"GET", "HEAD"} {
			headers := append([]string{"X-Http-Method-Override", "POST"}, c.headers...)
			require.Equal(t, 200, srv.with(t).call(method, "/runs", "", headers...).status, "%s: reading is allowed", name)
		}
	}
	r := srv.call("OPTIONS", "/runs", "", "Origin", "https://evil.example", "Access-Control-Request-Method", "POST")
	require.Equal(t, 405, r.status)
	require.Empty(t, r.header.Get("Access-Control-Allow-Origin"), "no other site may read answers")
}

func TestTooLongTargetsAndHeadersAreRefused(t *testing.T) {
	srv := newTestServer(t)
	long := strings.Repeat("a", 8<<10)
	for _, path := range []string{
		"/runs/" + long, "/" + strings.Repeat("%C3%A9", 1500), "/procedures?query=" + long, "/livez?" + long,
	} {
		r := srv.call("GET", path, "")
		require.Equal(t, 414, r.status)
		require.Equal(t, "request.target_too_long", r.body["code"])
		require.LessOrEqual(t, len(r.raw), 4<<10, "the problem does not repeat the path whole")
	}
	require.Equal(t, 400, srv.call("GET", "/runs/"+long[:8000], "").status)
	for _, headers := range [][]string{
		{"X-Anything", strings.Repeat("a", 33<<10)}, {"Cookie", strings.Repeat("a=b; ", 7<<10)},
		{"Accept-Language", strings.Repeat("fr,", 12<<10)},
	} {
		r := srv.call("GET", "/procedures", "", headers...)
		require.Equal(t, 431, r.status)
		require.Equal(t, "request.headers_too_large", r.body["code"])
	}
	require.Equal(t, 200, srv.call("GET", "/procedures", "", "X-Anything", strings.Repeat("a", 31<<10)).status)
}
