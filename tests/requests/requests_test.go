// Package requests sends the service requests that are drawn from its contract: valid ones, and such as break it in one
// place, from callers in every role.
package requests

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/procedo/procedo/adapters/cel"
	httpadapter "github.com/procedo/procedo/adapters/http"
	"github.com/procedo/procedo/adapters/live"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/adapters/sqlite/sqlitetest"
	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/api/apitest"
	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/docs"
)

// requestsVariable names the variable with the number of requests that are sent. Without it, it is 10,000.
const requestsVariable = "PROCEDO_TEST_REQUESTS"

// rounds is how often rapid repeats a test.
const rounds = 100

// callers are those who send requests. Nobody and forged have no token that is accepted.
var callers = map[string]access.Principal{
	"robot": {Agent: &access.Agent{Subject: "robot"}, Roles: access.RolesOf(access.Operator)},
	"all":   {Roles: access.AllRoles},
	"none":  {},
}

func init() {
	for _, name := range access.AllRoles.Names() {
		role, _ := access.ParseRole(name)
		callers[name] = access.Principal{Roles: access.RolesOf(role)}
	}
	for name, p := range callers {
		p.ID, p.Via, p.Issuer = "corp:"+name, access.ViaOIDC, "https://idp.example"
		callers[name] = p
	}
}

// tokens accepts the names of the callers as their tokens.
type tokens struct{}

func (tokens) Authenticate(_ context.Context, token string) (access.Principal, error) {
	if p, ok := callers[token]; ok {
		return p, nil
	}
	return access.Principal{}, access.ErrInvalidToken
}

// world is a service with a procedure and some runs.
type world struct {
	contract
	all     []operation
	handler http.Handler
	checker *apitest.Checker
	values  known
	bodies  map[string][]any
	open    map[string]string // the open step, by run
	tags    map[string]string // the last known ETags, by path of a run or procedure
	log     bytes.Buffer
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{open: map[string]string{}, tags: map[string]string{}}
	decoder := json.NewDecoder(bytes.NewReader(api.ContractJSON))
	decoder.UseNumber()
	require.NoError(t, decoder.Decode(&w.root))
	var err error
	w.all, err = w.operations()
	require.NoError(t, err)
	w.checker, err = apitest.New()
	require.NoError(t, err)
	db := sqlitetest.Open(t)
	storage := sqlite.Storage(db, cel.Language{}, memory.KeepDefinitions(10))
	storage.App.Clock, storage.App.Random = system.Clock{}, system.Random{}
	service := app.New(storage.App)
	key, err := storage.Keys.ServiceKey(t.Context(), app.HMACKey)
	require.NoError(t, err)
	log := slog.New(slog.NewTextHandler(&w.log, &slog.HandlerOptions{Level: slog.LevelWarn}))
	w.handler, err = httpadapter.New(httpadapter.Config{
		Service: service, Ready: db.Ping, Schemas: docs.Schemas, HMACKey: key, Log: log, Authenticator: tokens{},
		RepeatTimeout: 10 * time.Millisecond,
		Feed: live.NewHub(t.Context(), live.Config{
			Heads: storage.Heads, Events: service.As(access.System("tests", "")).EventsAfter, Render: httpadapter.RenderStreamEvent,
			Interval: 5 * time.Millisecond, Heartbeat: time.Second, Log: log,
		}),
	})
	require.NoError(t, err)
	w.fill(t)
	return w
}

// committed is a step of the first run that is committed from the beginning.
const committed = "alert"

// fill stores the demo and some runs of it, and learns bodies that fit them.
func (w *world) fill(t *testing.T) {
	t.Helper()
	w.values = known{
		"procedure_id": {docs.DemoID}, "version": {"1"}, "schema_name": {"json_schema_procedure_v2.json"},
		"problem_type": {"run-state"}, "slot_name": {"incident_id", "severity", "reporter_email", "reporter_email"},
		"step_key": {"alert", "crisis", "diagnosis", "remediation", "validation", "closure"},
	}
	var demo object
	require.NoError(t, json.Unmarshal(docs.Demo, &demo))
	demo["steps"].([]any)[2].(object)["skippable"] = true // the one that opens after the first
	demo["steps"].([]any)[0].(object)["slots"].([]any)[3].(object)["sensitive"] = true
	var answers []object
	require.NoError(t, json.Unmarshal(docs.DemoAnswers, &answers))
	w.bodies = map[string][]any{
		"createProcedure": {demo}, "lintProcedure": {demo}, "publishProcedure": {demo},
		"startRun": {object{"procedure_id": docs.DemoID}},
		"skipStep": {object{"reason": "r"}}, "failRun": {object{"reason": "r"}}, "revealSlot": {object{"reason": "r"}},
		"amendStep":    {object{"slots": object{"severity": "low"}, "reason": "r"}},
		"eraseContent": {object{"places": []any{object{"slot": "alert.incident_id"}}, "reason": "r"}},
	}
	w.bodies["simulateProcedure"] = []any{object{"definition": demo, "answers": []any{}}}
	for _, a := range answers[1:] { // the first is refused
		step := " " + a["step"].(string)
		delete(a, "step")
		for _, id := range []string{"saveDraft", "checkStep", "commitStep"} {
			w.bodies[id+step] = append(w.bodies[id+step], a)
		}
	}
	status, _ := w.send(t, "author", httptest.NewRequest(http.MethodPost, "/procedures", strings.NewReader(encode(demo))))
	require.Equal(t, http.StatusCreated, status)
	w.start(t)
	w.start(t)
	answers[1]["slots"].(object)["reporter_email"] = "on.call@example.com"
	alert, path := encode(answers[1]), "/runs/"+w.values["run_id"][0]+"/steps/"+committed+"/commit"
	status, _ = w.send(t, "operator", httptest.NewRequest(http.MethodPost, path, strings.NewReader(alert)))
	require.Equal(t, http.StatusOK, status)
}

// start starts a run, so that there is always one that is open.
func (w *world) start(t require.TestingT) {
	status, body := w.send(t, "operator", httptest.NewRequest(http.MethodPost, "/runs", strings.NewReader(`{"procedure_id":"`+docs.DemoID+`"}`)))
	if status == http.StatusCreated { // the procedure may be archived by now
		var run struct{ ID string }
		require.NoError(t, json.Unmarshal(body, &run))
		w.values["run_id"] = append(w.values["run_id"], run.ID)
	}
}

// send sends a request, and checks the answer against the contract.
func (w *world) send(t require.TestingT, caller string, r *http.Request) (status int, body []byte) {
	if r.Header.Get("Content-Type") == "" && r.Method == http.MethodPost && r.URL.RawQuery == "" && caller != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if caller != "nobody" {
		r.Header.Set("Authorization", "Bearer "+caller)
	}
	ctx, stop := context.WithCancel(r.Context())
	defer stop()
	answer := &recorder{header: http.Header{}, status: http.StatusOK, leave: stop}
	w.handler.ServeHTTP(answer, r.WithContext(ctx))
	body = answer.body.Bytes()
	require.Less(t, answer.status, 500, "%s %s as %s with %v: %s\n%s", r.Method, r.URL, caller, r.Header, body, &w.log)
	if !answer.isStream() {
		err := w.checker.Check(r.Method, r.URL.Path, answer.status, answer.header, body)
		require.NoError(t, err, "%s %s as %s with %v: %s", r.Method, r.URL, caller, r.Header, body)
	}
	if tag := answer.header.Get("ETag"); tag != "" && answer.status < 300 {
		w.tags[entity(r.URL.Path)] = tag
	}
	w.learn(answer)
	return answer.status, body
}

// learn remembers the open step of a run that was answered.
func (w *world) learn(answer *recorder) {
	var run struct {
		ID          string
		CurrentStep *string `json:"current_step"`
	}
	if answer.status < 300 && json.Unmarshal(answer.body.Bytes(), &run) == nil && run.CurrentStep != nil {
		w.open[run.ID] = *run.CurrentStep
	}
}

// recorder is a response whose reader leaves after the first part of an event stream.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
	leave  func()
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) WriteHeader(status int)      { r.status = status }
func (r *recorder) Write(p []byte) (int, error) { return r.body.Write(p) }

func (r *recorder) Flush() {
	if r.isStream() {
		r.leave()
	}
}

func (r *recorder) isStream() bool {
	return strings.HasPrefix(r.header.Get("Content-Type"), "text/event-stream")
}

// TestNoRequestIsAFaultOrExceedsARight sends random requests. None may be a fault of the service, every answer must be
// one that the contract declares, and nobody may do what their role does not permit.
func TestNoRequestIsAFaultOrExceedsARight(t *testing.T) {
	requests := 10_000
	if text := os.Getenv(requestsVariable); text != "" {
		var err error
		requests, err = strconv.Atoi(text)
		require.NoError(t, err)
	}
	statuses := map[string]map[int]int{}
	who := append([]string{"nobody", "forged"}, slices.Sorted(func(yield func(string) bool) {
		for name := range callers {
			if !yield(name) {
				return
			}
		}
	})...)
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t)
		for range (requests + rounds - 1) / rounds {
			op := rapid.SampledFrom(w.all).Draw(rt, "operation")
			caller := rapid.SampledFrom(who).Draw(rt, "caller")
			careful := rapid.IntRange(0, 2).Draw(rt, "careful") == 0
			if careful {
				caller = "all"
			}
			r, odd := w.draw(rt, op, careful)
			status, body := w.send(rt, caller, r)
			if statuses[op.id] == nil {
				statuses[op.id] = map[int]int{}
			}
			statuses[op.id][status]++
			if isTooLong(r) { // whoever sends it
				require.Equal(rt, http.StatusRequestURITooLong, status, "%s as %s: %s", op.id, caller, body)
				continue
			}
			requireRight(rt, op, caller, status, odd, body)
		}
		w.requireSound(rt)
	})
	requireReached(t, statuses)
}

// isTooLong reports whether a request's path and query are longer than the contract permits, as sent or decoded.
func isTooLong(r *http.Request) bool {
	const longest = 8 << 10
	return len(r.RequestURI) > longest || len(r.URL.Path)+len(r.URL.RawQuery) > longest
}

// requireRight fails if a caller was given what their role does not permit, or was refused what it does.
func requireRight(t require.TestingT, op operation, caller string, status int, odd bool, body []byte) {
	if op.permission == 0 || odd {
		return
	}
	what := []any{"%s as %s: %d %s", op.id, caller, status, body}
	p, isKnown := callers[caller]
	_, err := p.Admit(op.permission)
	switch {
	case !isKnown:
		require.Equal(t, http.StatusUnauthorized, status, what...)
	case err != nil: // what the contract refuses comes first
		require.Contains(t, []int{400, 403, 405, 406, 413, 415, 428, 431}, status, what...)
	default:
		require.NotEqual(t, http.StatusUnauthorized, status, what...)
		if status == http.StatusForbidden {
			require.NotContains(t, string(body), access.Denied, what...)
		}
	}
}

// requireReached fails if an operation never succeeded or was never refused: the requests would then say little of it.
func requireReached(t *testing.T, statuses map[string]map[int]int) {
	t.Helper()
	for _, op := range newWorld(t).all {
		succeeded, refused := 0, 0
		for status, n := range statuses[op.id] {
			if status < 400 {
				succeeded += n
			} else {
				refused += n
			}
		}
		require.Positive(t, succeeded, "%s: %v", op.id, statuses[op.id])
		if op.permission != 0 {
			require.Positive(t, refused, "%s: %v", op.id, statuses[op.id])
		}
	}
}

// requireSound fails if the trail of a run does not verify.
func (w *world) requireSound(t require.TestingT) {
	for _, run := range w.values["run_id"] {
		status, body := w.send(t, "auditor", httptest.NewRequest(http.MethodGet, "/runs/"+run+"/verification", nil))
		require.Equal(t, http.StatusOK, status)
		var report struct{ Findings []any }
		require.NoError(t, json.Unmarshal(body, &report))
		require.Empty(t, report.Findings)
	}
}
