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
	"github.com/procedo/procedo/docs"
)

// requestTimeout is how long a request to a server may take.
const requestTimeout = 30 * time.Second

// remote calls the API through the generated client, as one actor and in the language of the terminal.
type remote struct{ *client.ClientWithResponses }

// newRemote returns a remote for a server.
func newRemote(server, actor string) (remote, error) {
	return remoteOver(server, actor, &http.Client{Timeout: requestTimeout})
}

// inProcess returns a remote for a service in this process. It passes the requests to the HTTP handler, without a
// socket.
func (w *wired) inProcess(actor string) (remote, error) {
	handler, err := httpadapter.New(httpadapter.Config{
		Service: w.Service, Ready: w.ping, Log: slog.New(slog.DiscardHandler), Schemas: docs.Schemas,
	})
	if err != nil {
		return remote{}, err
	}
	return remoteOver("http://procedo.local", actor, doer(func(r *http.Request) (*http.Response, error) {
		a := &recorder{header: http.Header{}, status: http.StatusOK}
		handler.ServeHTTP(a, r)
		return a.response(r), nil
	}))
}

// remoteOver returns a client of the server's API that acts as the actor, through the given HTTP client.
func remoteOver(server, actor string, httpClient client.HttpRequestDoer) (remote, error) {
	addHeaders := func(_ context.Context, r *http.Request) error {
		r.Header.Set("X-Actor", actor)
		r.Header.Set("Accept-Language", terminalLocale().Language())
		return nil
	}
	c, err := client.NewClientWithResponses(
		server, client.WithHTTPClient(httpClient), client.WithRequestEditorFn(addHeaders),
	)
	return remote{c}, err
}

// doer makes a function a client.HttpRequestDoer.
type doer func(*http.Request) (*http.Response, error)

func (d doer) Do(r *http.Request) (*http.Response, error) { return d(r) }

// recorder is an http.ResponseWriter that keeps the response.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *recorder) Header() http.Header         { return a.header }
func (a *recorder) WriteHeader(status int)      { a.status = status }
func (a *recorder) Write(p []byte) (int, error) { return a.body.Write(p) }
func (a *recorder) response(r *http.Request) *http.Response {
	return &http.Response{
		StatusCode: a.status, Status: fmt.Sprintf("%d %s", a.status, http.StatusText(a.status)), Header: a.header,
		Body: io.NopCloser(&a.body), ContentLength: int64(a.body.Len()), Request: r, ProtoMajor: 1, ProtoMinor: 1,
	}
}

// refused returns the problem in a response as an error.
func refused(status string, body []byte) error {
	var problem client.Problem
	if err := json.Unmarshal(body, &problem); err != nil || problem.Code == "" {
		return fmt.Errorf("the server answered %s", status)
	}
	return &terminal.ProblemError{Problem: &problem}
}

// runOf returns the run in a response, or the problem as an error.
func runOf(run *client.Run, answer *http.Response, body []byte) (*terminal.Run, error) {
	if run == nil {
		return nil, refused(answer.Status, body)
	}
	return &terminal.Run{Run: run, Tag: answer.Header.Get("ETag")}, nil
}

// Start starts a run.
func (r remote) Start(ctx context.Context, s client.RunStart) (*terminal.Run, error) {
	a, err := r.StartRunWithResponse(ctx, nil, s)
	if err != nil {
		return nil, err
	}
	return runOf(a.JSON201, a.HTTPResponse, a.Body)
}

// Run reads a run.
func (r remote) Run(ctx context.Context, id string) (*terminal.Run, error) {
	a, err := r.GetRunWithResponse(ctx, id, nil)
	if err != nil {
		return nil, err
	}
	return runOf(a.JSON200, a.HTTPResponse, a.Body)
}

// Draft saves a draft of a step.
func (r remote) Draft(ctx context.Context, id, step string, d client.StepDraft) (*terminal.Run, error) {
	a, err := r.SaveDraftWithResponse(ctx, id, step, nil, d)
	if err != nil {
		return nil, err
	}
	return runOf(a.JSON200, a.HTTPResponse, a.Body)
}

// Commit commits a step.
func (r remote) Commit(ctx context.Context, id, step, tag string, c client.StepCommit) (*terminal.Run, error) {
	params := &client.CommitStepParams{}
	if tag != "" {
		params.IfMatch = &tag
	}
	a, err := r.CommitStepWithResponse(ctx, id, step, params, c)
	if err != nil {
		return nil, err
	}
	return runOf(a.JSON200, a.HTTPResponse, a.Body)
}

// Skip skips a step.
func (r remote) Skip(ctx context.Context, id, step string, s client.StepSkip) (*terminal.Run, error) {
	a, err := r.SkipStepWithResponse(ctx, id, step, nil, s)
	if err != nil {
		return nil, err
	}
	return runOf(a.JSON200, a.HTTPResponse, a.Body)
}

// Fail ends a run.
func (r remote) Fail(ctx context.Context, id, reason string) (*terminal.Run, error) {
	a, err := r.FailRunWithResponse(ctx, id, nil, client.RunFailure{Reason: &reason})
	if err != nil {
		return nil, err
	}
	return runOf(a.JSON200, a.HTTPResponse, a.Body)
}

// Definition reads the document of one version.
func (r remote) Definition(ctx context.Context, id string, version int) ([]byte, error) {
	a, err := r.GetProcedureVersionWithResponse(ctx, id, version, nil)
	if err != nil {
		return nil, err
	}
	if a.StatusCode() != http.StatusOK {
		return nil, refused(a.Status(), a.Body)
	}
	return a.Body, nil
}

// Bundle downloads a run's bundle.
func (r remote) Bundle(ctx context.Context, id string) ([]byte, error) {
	a, err := r.GetRunBundleWithResponse(ctx, id, nil)
	if err != nil {
		return nil, err
	}
	if a.StatusCode() != http.StatusOK {
		return nil, refused(a.Status(), a.Body)
	}
	return a.Body, nil
}

var _ terminal.API = remote{}

// isRefusal reports whether err is a problem with this code.
func isRefusal(err error, code string) bool {
	var r *terminal.ProblemError
	return errors.As(err, &r) && r.Code == code
}
