package http_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/api"
)

// hostileTexts are values of parameters and headers that clients might send by mistake or on purpose.
var hostileTexts = []string{
	"", " ", "0", "-1", "1", "00", "1e3", "9223372036854775807", "9223372036854775808", "99999999999999999999", "1.5",
	"NaN",
	"null", "true", "undefined", "*", `"`, `""`, `"1"`, `W/"1-2-en.1"`, `"1-1-en.1", "2-2-fr.1s"`, `"-1-0-en"`, ",",
	",,", ";", "=",
	"numbers=string", "numbers=STRING", "numbers", "numbers=", "numbers=string;x=y", "numbers=string, numbers=float",
	`numbers="string"`, "handling=strict", "respond-async, wait=5", "*/*", "application/json;q=0", "text/html",
	"text/vnd.mermaid", "text/event-stream", "application/xml", "text/*;q=0.5, */*;q=0",
	"application/json; charset=utf-16",
	"en", "fr-CH, fr;q=0.9", "*;q=0", "x-klingon", "zz-ZZ-x-y", "en;q=2", strings.Repeat("a", 256),
	strings.Repeat("fr,", 500),
	"é", "\u202e", "\ufeff", "%00", "%zz", "../../etc/passwd", "..%2f", "a/b", "//", "two-steps", "first", "last",
	"end", "draft",
	"in_progress", "PENDING", "run.created", "run", "procedure", "2026-11-29T00:00:00Z", "2026-11-29",
	"0000-01-01T00:00:00Z",
	"9999-12-31T23:59:59.999999999Z", "2026-02-30T00:00:00Z", "2026-11-29T24:00:00+99:99", "2016-12-31T23:59:60Z",
	"2026-11-29T00:00:00+24:00",
	"/input", "/reason",
	"values",
	"0198c0de-7a1b-7c3d-9e4f-5a6b7c8d9e0f", "00000000-0000-0000-0000-000000000000", "eyJhIjoxfQ", "AAAA",
	"'; DROP TABLE runs;--",
	"$\u007bjndi:ldap://x}", "\t", "bytes=0-1", "100-continue", "gzip", "chunked",
}

// hostileJSON are values that take the place of others in bodies.
var hostileJSON = []string{
	`null`, `true`, `0`, `-0`, `1.0`, `1e400`, `-1e-400`, `12345678901234567890`, `0.1e-100`, `""`, `" "`, `"\u0000"`,
	`"\ud800"`,
	`"a\u202eb"`, `[]`, `{}`, `[[]]`, `[null]`, `{"":null}`, `{"a":{"a":{"a":{}}}}`, `"two-steps"`,
	`"12345678901234567890"`, `"1"`,
	`"a.b == 1"`, `"first.code in ['A', first.code]"`, `"["`, `"(a+)+$"`, `"XXXX"`, `"end"`, `"first"`,
	`["first","first"]`,
	`"2026-11-29"`, `"9999-12-31T23:59:59.999999999+14:00"`, `"https://[::1]:99999/"`, `9007199254740993`,
	`[0,1e-7,-1]`,
	`{"toString":"x","__proto__":{},"constructor":1}`, `"` + strings.Repeat("x", 70_000) + `"`,
}

// hostileClient draws requests to all operations of the contract.
type hostileClient struct {
	operations []hostileOperation
	paths      map[string][]string // values that exist, by path parameter
	bodies     []any
}

type hostileOperation struct {
	method, path   string
	query, headers []string
}

// hostileOperations returns the operations of the contract with the names of their parameters.
func hostileOperations(t *testing.T) (all []hostileOperation) {
	t.Helper()
	var doc struct {
		Paths      map[string]map[string]json.RawMessage
		Components struct {
			Parameters map[string]struct{ Name, In string }
		}
	}
	require.NoError(t, json.Unmarshal(api.ContractJSON, &doc))
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		for _, method := range []string{"get", "post", "put", "patch", "delete"} {
			var op struct {
				Parameters []struct {
					Ref      string `json:"$ref"`
					Name, In string
				}
			}
			if len(doc.Paths[path][method]) == 0 {
				continue
			}
			require.NoError(t, json.Unmarshal(doc.Paths[path][method], &op))
			one := hostileOperation{method: strings.ToUpper(method), path: path}
			for _, p := range op.Parameters {
				if p.Ref != "" {
					named := doc.Components.Parameters[p.Ref[strings.LastIndex(p.Ref, "/")+1:]]
					p.Name, p.In = named.Name, named.In
				}
				switch p.In {
				case "query":
					one.query = append(one.query, p.Name)
				case "header":
					one.headers = append(one.headers, p.Name)
				}
			}
			all = append(all, one)
		}
	}
	return all
}

// draw draws a request.
func (c hostileClient) draw(t *rapid.T, base string) *http.Request {
	op := rapid.SampledFrom(c.operations).Draw(t, "operation")
	segments := strings.Split(op.path, "/")
	for i, segment := range segments {
		if name, ok := strings.CutPrefix(segment, "{"); ok {
			known := c.paths[strings.TrimSuffix(name, "}")]
			if rapid.IntRange(0, 3).Draw(t, "hostile path") == 0 {
				known = hostileTexts
			}
			segments[i] = url.PathEscape(rapid.SampledFrom(known).Draw(t, name))
		}
	}
	query := url.Values{}
	for range rapid.IntRange(0, 3).Draw(t, "parameters") {
		query.Add(rapid.SampledFrom(append(op.query, "unknown")).Draw(t, "name"),
			rapid.SampledFrom(hostileTexts).Draw(t, "value"))
	}
	body := ""
	if op.method != http.MethodGet {
		body = c.drawBody(t)
	}
	req, err := http.NewRequest(op.method, base+strings.Join(segments, "/")+"?"+query.Encode(),
		strings.NewReader(body))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/json")
	names := append(slices.Clone(op.headers), "If-Match", "If-None-Match", "Prefer", "Accept", "Accept-Language",
		"X-Actor", "X-Expected-Actor",
		"X-Request-Id", "Idempotency-Key", "Last-Event-ID", "Content-Type", "Content-Encoding", "Range", "Traceparent")
	for range rapid.IntRange(0, 3).Draw(t, "headers") {
		value := rapid.SampledFrom(hostileTexts).Draw(t, "header value")
		req.Header.Add(rapid.SampledFrom(names).Draw(t, "header"), value)
	}
	return req
}

// drawBody draws a body that is valid for some operation but for a few values.
func (c hostileClient) drawBody(t *rapid.T) string {
	data, err := json.Marshal(rapid.SampledFrom(c.bodies).Draw(t, "body"))
	require.NoError(t, err)
	text := string(data)
	for range rapid.IntRange(0, 2).Draw(t, "changes") {
		var places [][2]int // of values
		decoder := json.NewDecoder(strings.NewReader(text))
		for {
			from := int(decoder.InputOffset())
			token, err := decoder.Token()
			if err != nil {
				break
			}
			if _, isDelimiter := token.(json.Delim); !isDelimiter {
				places = append(places, [2]int{from, int(decoder.InputOffset())})
			}
		}
		if len(places) == 0 {
			break
		}
		at := rapid.SampledFrom(places).Draw(t, "place")
		before := strings.TrimRight(text[:at[0]], " ")
		separators := text[at[0]:at[1]]
		lead := separators[:len(separators)-len(strings.TrimLeft(separators, ",: "))]
		text = before + lead + rapid.SampledFrom(hostileJSON).Draw(t, "value") + text[at[1]:]
	}
	return text
}

// hostileServer returns a server with procedures and a run, and a client that knows them.
func hostileServer(t *testing.T) (*testServer, hostileClient) {
	t.Helper()
	srv := newTestServer(t)
	srv.loadDemo()
	run := srv.startTwoSteps()
	c := hostileClient{operations: hostileOperations(t), paths: map[string][]string{
		"procedure_id": {"two-steps", "incident-paiement-instantane"}, "version": {"1"}, "run_id": {run},
		"step_key": {"first", "last"}, "schema_name": {"json_schema_procedure_v2.json"}, "problem_type": {"run-state"},
		"slot_name": {"code", "note", "none"},
	}}
	for _, text := range []string{
		twoSteps, `{"procedure_id":"two-steps","user_id":"u","reference":"r","metadata":{"a":1}}`, `{}`,
		`{"slots":{"code":"ABC","count":1},"checklist":[{"key":"seen","completed":true}],"origins":{"code":"agent"},` +
			`"visit":1}`,
		`{"slots":{"note":"n"},"reason":"r"}`, `{"reason":"r"}`,
		`{"definition":` + twoSteps + `,"answers":[{"slots":{"code":"ABC"}}]}`,
		`{"slots":["first.code"],"reason":"r"}`, `{"places":[{"seq":1,"place":"/reason"}],"reason":"r"}`, `[]`,
	} {
		var body any
		require.NoError(t, json.Unmarshal([]byte(text), &body))
		c.bodies = append(c.bodies, body)
	}
	return srv, c
}

// requireNoFault sends a request. Its answer must be one that the contract declares, and no fault of the server.
func (srv *testServer) requireNoFault(t require.TestingT, req *http.Request) {
	res, err := http.DefaultClient.Do(req)
	if err != nil { // net/http refuses to send some headers
		return
	}
	defer res.Body.Close()
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		require.Equal(t, http.StatusOK, res.StatusCode)
		return
	}
	var raw bytes.Buffer
	_, err = raw.ReadFrom(res.Body)
	require.NoError(t, err)
	require.Less(t, res.StatusCode, 500, "%s %s %v: %s", req.Method, req.URL, req.Header, raw.Bytes())
	srv.requireDeclared(req, res, raw.Bytes())
}

// requireBound fails the test if a request has passed the checks of the contract, but could not be decoded: the caller
// of such a request is not told what is wrong.
func (srv *testServer) requireBound() { require.NotContains(srv.t, srv.log.String(), "not the binder") }

// TestNoRequestIsAnInternalError sends several hostile parameters, headers and values at the same time.
func TestNoRequestIsAnInternalError(t *testing.T) {
	srv, c := hostileServer(t)
	rapid.Check(t, func(rt *rapid.T) { srv.requireNoFault(rt, c.draw(rt, srv.base)) })
	srv.requireBound()
}

// TestEveryParameterMayHaveAHostileValue sends each hostile text as each parameter and header of each operation, with
// an otherwise plain request.
func TestEveryParameterMayHaveAHostileValue(t *testing.T) {
	srv, c := hostileServer(t)
	for _, op := range c.operations {
		segments := strings.Split(op.path, "/")
		for i, segment := range segments {
			if name, ok := strings.CutPrefix(segment, "{"); ok {
				segments[i] = c.paths[strings.TrimSuffix(name, "}")][0]
			}
		}
		send := func(path []string, query string, header string, values ...string) {
			body := ""
			if op.method != http.MethodGet {
				body = "{}"
			}
			address := srv.base + strings.Join(path, "/") + "?" + query
			req, err := http.NewRequest(op.method, address, strings.NewReader(body))
			require.NoError(t, err)
			req.Header.Set("Content-Type", "application/json")
			for _, value := range values {
				req.Header.Add(header, value)
			}
			srv.requireNoFault(t, req)
		}
		for _, text := range hostileTexts {
			for i, segment := range strings.Split(op.path, "/") {
				if strings.HasPrefix(segment, "{") {
					changed := slices.Clone(segments)
					changed[i] = url.PathEscape(text)
					send(changed, "", "")
				}
			}
			for _, name := range op.query {
				send(segments, url.Values{name: {text}}.Encode(), "")
			}
			for _, name := range op.headers {
				send(segments, "", name, text)
			}
		}
		for _, name := range op.headers {
			send(segments, "", name, `"1"`, `"2"`)
		}
	}
	srv.requireBound()
}
