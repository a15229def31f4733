package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-json-experiment/json"

	httpadapter "github.com/procedo/procedo/adapters/http"
	"github.com/procedo/procedo/adapters/terminal"
	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/docs"
)

// requestTimeout limits the time of a request to a server.
const requestTimeout = 30 * time.Second

// apiClient calls the API as one actor, and asks for texts in the language and region of the terminal.
type apiClient struct {
	*client.Client
	reconnector *reconnector
}

// newAPIClient returns a client of a running server.
func newAPIClient(server, actor string) (apiClient, error) {
	return newAPIClientOver(server, actor, &http.Client{Timeout: requestTimeout})
}

// inProcess returns a client of the service in this process. Requests go directly to the HTTP handler, without a
// socket.
func (w *wired) inProcess(ctx context.Context, actor string) (apiClient, error) {
	key, err := w.hmacKey(ctx)
	if err != nil {
		return apiClient{}, err
	}
	handler, err := httpadapter.New(httpadapter.Config{
		Service: w.Service, Ready: w.ping, Log: slog.New(slog.DiscardHandler), Schemas: docs.Schemas,
		HMACKey: key,
	})
	if err != nil {
		return apiClient{}, err
	}
	return newAPIClientOver("http://procedo.local", actor, doerFunc(func(r *http.Request) (*http.Response, error) {
		rec := &recorder{header: http.Header{}, status: http.StatusOK}
		handler.ServeHTTP(rec, r)
		return rec.response(r), nil
	}))
}

// newAPIClientOver returns a client that sends its requests through httpClient.
func newAPIClientOver(server, actor string, httpClient client.HttpRequestDoer) (apiClient, error) {
	addHeaders := func(_ context.Context, r *http.Request) error {
		if actor != "" { // empty if neither --actor nor the login name is known
			r.Header.Set("X-Actor", actor)
		}
		r.Header.Set("Accept-Language", terminalLocale().Header())
		return nil
	}
	reconnecting := &reconnector{next: httpClient}
	c, err := client.NewClient(
		server, client.WithHTTPClient(reconnecting), client.WithRequestEditorFn(addHeaders),
	)
	return apiClient{c, reconnecting}, err
}

// doerFunc is a function that implements client.HttpRequestDoer.
type doerFunc func(*http.Request) (*http.Response, error)

func (d doerFunc) Do(r *http.Request) (*http.Response, error) { return d(r) }

// recorder is an http.ResponseWriter that keeps the response in memory.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (rec *recorder) Header() http.Header         { return rec.header }
func (rec *recorder) WriteHeader(status int)      { rec.status = status }
func (rec *recorder) Write(p []byte) (int, error) { return rec.body.Write(p) }
func (rec *recorder) response(r *http.Request) *http.Response {
	return &http.Response{
		StatusCode: rec.status, Status: fmt.Sprintf("%d %s", rec.status, http.StatusText(rec.status)), Header: rec.header,
		Body: io.NopCloser(&rec.body), ContentLength: int64(rec.body.Len()), Request: r, ProtoMajor: 1, ProtoMinor: 1,
	}
}

// responseError returns the problem in a response as an error. If the body is not a problem, the error states the HTTP
// status.
func responseError(status string, body []byte) error {
	var problem client.Problem
	if err := json.Unmarshal(body, &problem); err != nil || problem.Code == "" {
		return failure("server_answered", fault.Params{"status": status})
	}
	more := 0
	if problem.IssueCount != nil {
		more = *problem.IssueCount
	}
	return &terminal.ProblemError{Problem: &problem, More: moreIssues(more, len(problem.Issues), "findings")}
}

// Start starts a run.
func (r apiClient) Start(ctx context.Context, s client.RunStart) (*terminal.Run, error) {
	answer, err := r.StartRun(ctx, nil, s)
	return runIn(http.StatusCreated, answer, err)
}

// Run reads a run.
func (r apiClient) Run(ctx context.Context, id string) (*terminal.Run, error) {
	answer, err := r.GetRun(ctx, id, nil)
	return runIn(http.StatusOK, answer, err)
}

// Form reads a step as a form.
func (r apiClient) Form(ctx context.Context, id, step string) (*client.StepForm, error) {
	return page[client.StepForm](r.GetRunStep(ctx, id, step, nil))
}

// Draft saves a draft of a step.
func (r apiClient) Draft(ctx context.Context, id, step string, d client.StepDraft) (*terminal.Run, error) {
	answer, err := r.SaveDraft(ctx, id, step, nil, d)
	return runIn(http.StatusOK, answer, err)
}

// Commit commits a step.
func (r apiClient) Commit(ctx context.Context, id, step, tag string, c client.StepCommit) (*terminal.Run, error) {
	params := &client.CommitStepParams{}
	if tag != "" {
		params.IfMatch = &tag
	}
	answer, err := r.CommitStep(ctx, id, step, params, c)
	return runIn(http.StatusOK, answer, err)
}

// Skip skips a step.
func (r apiClient) Skip(ctx context.Context, id, step string, s client.StepSkip) (*terminal.Run, error) {
	answer, err := r.SkipStep(ctx, id, step, nil, s)
	return runIn(http.StatusOK, answer, err)
}

// Fail ends a run as failed.
func (r apiClient) Fail(ctx context.Context, id, reason string) (*terminal.Run, error) {
	answer, err := r.FailRun(ctx, id, nil, client.RunFailure{Reason: reason})
	return runIn(http.StatusOK, answer, err)
}

// Definition reads the definition document of one version.
func (r apiClient) Definition(ctx context.Context, id string, version int) ([]byte, error) {
	return bodyOf(r.GetProcedureVersion(ctx, id, version, nil))
}

// Bundle downloads a run's bundle: the events of the run, with all that is needed to verify them offline.
func (r apiClient) Bundle(ctx context.Context, id string) ([]byte, error) {
	return bodyOf(r.GetRunBundle(ctx, id, nil))
}

// Events returns all events of a run, oldest first.
func (r apiClient) Events(ctx context.Context, id string) (all []client.Event, err error) {
	params := client.ListRunEventsParams{Limit: new(maxPage)}
	for {
		found, err := page[client.EventList](r.ListRunEvents(ctx, id, &params))
		if err != nil {
			return nil, err
		}
		if all = append(all, found.Items...); found.NextCursor == nil {
			return all, nil
		}
		params.Cursor = found.NextCursor
	}
}

var _ terminal.API = apiClient{}

// isRefusal reports whether err is a problem with this code.
func isRefusal(err error, code string) bool {
	var r *terminal.ProblemError
	return errors.As(err, &r) && r.Code == code
}
