package http_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/cel"
	httpadapter "github.com/procedo/procedo/adapters/http"
	"github.com/procedo/procedo/adapters/live"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/adapters/sqlite/sqlitetest"
	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/docs"
)

// world is a server on a throw-away database; every answer it gives is held against the contract.
type world struct {
	t       testing.TB
	base    string
	db      *sqlite.DB
	service *app.Service
	log     *bytes.Buffer
	routes  routers.Router
}

func newWorld(t testing.TB, options ...sqlite.Option) *world {
	t.Helper()
	db := sqlitetest.Open(t, options...)
	storage := sqlite.Storage(db, cel.Language{}, memory.KeepDefinitions(100))
	storage.App.Clock, storage.App.Random = system.Clock{}, system.Random{}
	service := app.New(storage.App)
	log := &bytes.Buffer{}
	handler, err := httpadapter.New(httpadapter.Config{Service: service, Ready: db.Ping, Feed: live.NewHub(t.Context(), storage.Heads, 5*time.Millisecond, slog.New(slog.DiscardHandler)), Heartbeat: 20 * time.Millisecond, Schemas: docs.Schemas, Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelWarn})), Patience: patience})
	require.NoError(t, err)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)

	contract, err := contract()
	require.NoError(t, err)
	doc := *contract
	doc.Servers = openapi3.Servers{{URL: server.URL}}
	routes, err := legacy.NewRouter(&doc)
	require.NoError(t, err)
	return &world{t: t, base: server.URL, db: db, service: service, log: log, routes: routes}
}

// contract is what answers are held against.
var contract = sync.OnceValues(func() (*openapi3.T, error) {
	doc, err := openapi3.NewLoader().LoadFromData(api.Contract)
	if err == nil {
		err = doc.Validate(context.Background(), openapi3.EnableExamplesValidation())
	}
	return doc, err
})

// patience is short, so that the test of what exceeds it is.
const patience = 50 * time.Millisecond

// reply is an answer, its body decoded.
type reply struct {
	status int
	header http.Header
	raw    []byte
	body   map[string]any
}

// call sends a request and holds the answer against the contract. Header names and values come in pairs.
func (w *world) call(method, path, body string, headers ...string) reply {
	w.t.Helper()
	req, err := http.NewRequest(method, w.base+path, bytes.NewReader([]byte(body)))
	require.NoError(w.t, err)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Del(headers[i])
		if headers[i+1] != "" {
			req.Header.Set(headers[i], headers[i+1])
		}
	}
	res, err := http.DefaultClient.Do(req)
	require.NoError(w.t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	require.NoError(w.t, err)
	require.NotEmpty(w.t, res.Header.Get("X-Request-Id"))
	w.declared(req, res, raw)
	r := reply{status: res.StatusCode, header: res.Header, raw: raw}
	if len(raw) > 0 && method != http.MethodHead && strings.HasPrefix(res.Header.Get("Content-Type"), "application/") && path != "/openapi.yaml" {
		require.NoError(w.t, json.Unmarshal(raw, &r.body), "%s", raw)
	}
	return r
}

// declared fails where the contract does not declare the answer as it is.
func (w *world) declared(req *http.Request, res *http.Response, raw []byte) {
	w.t.Helper()
	route, params, err := w.routes.FindRoute(req)
	if err != nil || req.Method == http.MethodHead || req.URL.Path == "/openapi.yaml" || bytes.Contains(raw, []byte(`"request.not_found"`)) {
		return // no such operation: 404 and 405 are the server's own; and what has no JSON has no schema
	}
	err = openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route},
		Status:                 res.StatusCode, Header: res.Header, Body: io.NopCloser(bytes.NewReader(raw)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
	})
	require.NoError(w.t, err, "%s %s answered %d:\n%s", req.Method, req.URL, res.StatusCode, raw)
}

// codes lists the issues of a problem as "field code".
func (r reply) codes() []string {
	var all []string
	issues, _ := r.body["issues"].([]any)
	for _, i := range issues {
		is := i.(map[string]any)
		all = append(all, is["field"].(string)+" "+is["code"].(string))
	}
	return all
}

const twoSteps = `{"id":"two-steps","name":"Deux étapes","language":"fr","translations":{"en":{"name":"Two steps"}},"steps":[
 {"key":"first","title":"Première","translations":{"en":{"title":"First"}},
  "slots":[{"name":"code","type":"string","validate":"[A-Z]{3}"},{"name":"count","type":"integer","required":false},
           {"name":"secret","type":"string","sensitive":true,"required":false}],
  "checklist_items":[{"key":"seen","label":"Vu","required":true,"translations":{"en":{"label":"Seen"}}}]},
 {"key":"last","title":"Dernière","slots":[{"name":"note","type":"text","required":false}]}]}`

// startTwoSteps stores the small procedure and starts a run of it.
func (w *world) startTwoSteps() (runID string) {
	w.t.Helper()
	require.Contains(w.t, []int{200, 201}, w.call("POST", "/procedures", twoSteps).status)
	r := w.call("POST", "/runs", `{"procedure_id":"two-steps"}`)
	require.Equal(w.t, 201, r.status, "%s", r.raw)
	return r.body["id"].(string)
}

func (w *world) loadDemo() {
	w.t.Helper()
	require.Contains(w.t, []int{200, 201}, w.call("POST", "/procedures", string(docs.Demo)).status)
}
