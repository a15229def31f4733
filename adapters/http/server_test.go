package http_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	httpadapter "github.com/procedo/procedo/adapters/http"
	"github.com/procedo/procedo/adapters/live"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/adapters/sqlite/sqlitetest"
	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/api/apitest"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/app/apptest"
	"github.com/procedo/procedo/docs"
)

// testServer is a server on a temporary database. Each of its responses is checked against the contract.
type testServer struct {
	t       testing.TB
	base    string
	db      *sqlite.DB
	service *app.UseCases
	log     *bytes.Buffer

	clockBehind *atomic.Int64 // how far the system clock is behind the newest checkpoint, in nanoseconds
}

func newTestServer(t testing.TB, options ...sqlite.Option) *testServer {
	t.Helper()
	return newTestServerWith(t, func(*app.Ports) {}, options...)
}

// newTestServerWith is like newTestServer, but first calls change, which may replace some of the ports.
func newTestServerWith(t testing.TB, change func(*app.Ports), options ...sqlite.Option) *testServer {
	t.Helper()
	return newTestServerOf(t, limits{}, change, func(*httpadapter.Config) {}, options...)
}

// newTestServerWithConfig is like newTestServer, but first calls change, which may replace settings.
func newTestServerWithConfig(t testing.TB, change func(*httpadapter.Config)) *testServer {
	t.Helper()
	return newTestServerOf(t, limits{}, func(*app.Ports) {}, change)
}

// limits are the limits of a server; the zero limits do not limit anything.
type limits struct {
	options  []app.Option
	requests app.RateLimit
}

// newTestServerLimited is like newTestServerWith, for a server with limits.
func newTestServerLimited(
	t testing.TB, l limits, change func(*app.Ports), options ...sqlite.Option,
) *testServer {
	t.Helper()
	return newTestServerOf(t, l, change, func(*httpadapter.Config) {}, options...)
}

func newTestServerOf(
	t testing.TB, l limits, change func(*app.Ports), configure func(*httpadapter.Config), options ...sqlite.Option,
) *testServer {
	t.Helper()
	db := sqlitetest.Open(t, options...)
	storage := sqlite.Storage(db, cel.Language{}, memory.KeepDefinitions(100))
	storage.App.Clock, storage.App.Random = system.Clock{}, system.Random{}
	change(&storage.App)
	service := apptest.New(storage.App, l.options...)
	key, err := storage.Keys.ServiceKey(t.Context(), app.HMACKey)
	require.NoError(t, err)
	log := &bytes.Buffer{}
	srv := &testServer{t: t, db: db, service: service, clockBehind: new(atomic.Int64)}
	config := httpadapter.Config{
		ClockBehind: func() time.Duration { return time.Duration(srv.clockBehind.Load()) },
		Service:     service.Service, Ready: db.Ping, Schemas: docs.Schemas,
		Feed: live.NewHub(t.Context(), live.Config{
			Heads: storage.Heads, Events: service.EventsAfter, Render: httpadapter.RenderStreamEvent,
			Interval: 5 * time.Millisecond, Heartbeat: 20 * time.Millisecond, Log: slog.New(slog.DiscardHandler),
		}),
		RepeatTimeout: repeatTimeout, HMACKey: key, Requests: l.requests,
		Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
	configure(&config)
	handler, err := httpadapter.New(config)
	require.NoError(t, err)
	server := httptest.NewUnstartedServer(handler)
	server.Config.ReadTimeout = config.RequestTimeout // zero in most tests: no timeout
	server.Start()
	t.Cleanup(server.Close)

	srv.base, srv.log = server.URL, log
	return srv
}

// contract loads and validates the rendition of the contract in OpenAPI 3.0.
var contract = sync.OnceValues(func() (*openapi3.T, error) {
	doc, err := openapi3.NewLoader().LoadFromData(api.Contract30JSON())
	if err == nil {
		err = doc.Validate(context.Background(), openapi3.EnableExamplesValidation())
	}
	return doc, err
})

// repeatTimeout is short, so that a test can wait until it expires.
const repeatTimeout = 50 * time.Millisecond

// reply is a response with its decoded body.
type reply struct {
	status int
	header http.Header
	raw    []byte
	body   object
}

// object is a decoded JSON object. Its methods panic if a member has another type.
type object map[string]any

func (o object) text(name string) string   { return o[name].(string) }
func (o object) object(name string) object { return o[name].(map[string]any) }

// objects returns the elements of an array of objects.
func (o object) objects(name string) []object {
	var all []object
	for _, element := range o[name].([]any) {
		all = append(all, element.(map[string]any))
	}
	return all
}

// with returns a copy of the server that reports failures to t, for a subtest.
func (srv *testServer) with(t testing.TB) *testServer {
	own := *srv
	own.t = t
	return &own
}

// call sends a request and checks the response against the contract. Headers are pairs of a name and a value; an empty
// value removes the header.
func (srv *testServer) call(method, path, body string, headers ...string) reply {
	srv.t.Helper()
	header := http.Header{}
	for i := 0; i < len(headers); i += 2 {
		header[http.CanonicalHeaderKey(headers[i])] = nil
		if headers[i+1] != "" {
			header.Set(headers[i], headers[i+1])
		}
	}
	return srv.callWith(method, path, body, header)
}

// callWith is like call, for headers that may have several lines.
func (srv *testServer) callWith(method, path, body string, header http.Header) reply {
	srv.t.Helper()
	req, err := http.NewRequest(method, srv.base+path, bytes.NewReader([]byte(body)))
	require.NoError(srv.t, err)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	maps.Copy(req.Header, header)
	res, err := http.DefaultClient.Do(req)
	require.NoError(srv.t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	require.NoError(srv.t, err)
	require.NotEmpty(srv.t, res.Header.Get("X-Request-Id"))
	srv.requireDeclared(req, res, raw)
	r := reply{status: res.StatusCode, header: res.Header, raw: raw}
	if len(raw) > 0 && method != http.MethodHead && path != "/openapi.yaml" &&
		strings.HasPrefix(res.Header.Get("Content-Type"), "application/") {
		require.NoError(srv.t, json.Unmarshal(raw, &r.body), "%s", raw)
	}
	return r
}

// requireDeclared fails the test if the contract does not declare the response.
func (srv *testServer) requireDeclared(req *http.Request, res *http.Response, raw []byte) {
	srv.t.Helper()
	checker, err := apitest.New()
	require.NoError(srv.t, err)
	err = checker.Check(req.Method, req.URL.Path, res.StatusCode, res.Header, raw)
	require.NoError(srv.t, err, "%s %s answered %d:\n%s", req.Method, req.URL, res.StatusCode, raw)
}

// codes returns the issues of a problem, each in the form "field code".
func (r reply) codes() []string {
	var all []string
	if r.body["issues"] == nil {
		return nil
	}
	for _, issue := range r.body.objects("issues") {
		all = append(all, issue.text("field")+" "+issue.text("code"))
	}
	return all
}

const twoSteps = `{"id":"two-steps","name":"Deux étapes","language":"fr",
 "translations":{"en":{"name":"Two steps"}},"steps":[
 {"key":"first","title":"Première","translations":{"en":{"title":"First"}},
  "slots":[{"name":"code","type":"string","validate":"[A-Z]{3}"},{"name":"count","type":"integer","required":false},
           {"name":"secret","type":"string","sensitive":true,"required":false}],
  "checklist_items":[{"key":"seen","label":"Vu","required":true,"translations":{"en":{"label":"Seen"}}}]},
 {"key":"last","title":"Dernière","slots":[{"name":"note","type":"text","required":false}]}]}`

// startTwoSteps stores the procedure twoSteps and starts a run of it.
func (srv *testServer) startTwoSteps() (runID string) {
	srv.t.Helper()
	require.Contains(srv.t, []int{200, 201}, srv.call("POST", "/procedures", twoSteps).status)
	r := srv.call("POST", "/runs", `{"procedure_id":"two-steps"}`)
	require.Equal(srv.t, 201, r.status, "%s", r.raw)
	return r.body.text("id")
}

func (srv *testServer) loadDemo() {
	srv.t.Helper()
	require.Contains(srv.t, []int{200, 201}, srv.call("POST", "/procedures", string(docs.Demo)).status)
}
