package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	httpadapter "github.com/procedo/procedo/adapters/http"
	"github.com/procedo/procedo/adapters/terminal"
	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/api/procedo"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/docs"
)

// requestTimeout limits the time of a request to a server.
const requestTimeout = 30 * time.Second

// apiClient calls the API as one actor, and asks for texts in the language and region of the terminal.
type apiClient struct {
	*client.Client
	calls   *procedo.Client
	server  string
	options []procedo.Option
}

// newAPIClient returns a client of a running server.
func newAPIClient(ctx context.Context, server string, token tokenFlag, actor string) (apiClient, error) {
	if err := checkServer(server); err != nil {
		return apiClient{}, err
	}
	as, err := token.credentials(ctx, actor)
	if err != nil {
		return apiClient{}, err
	}
	return newAPIClientOver(server, as, &http.Client{Timeout: requestTimeout})
}

// checkServer returns an error if server cannot be the address of a service, or may hold a password that messages would
// show.
func checkServer(server string) error {
	shown := redacted(server)
	if !procedo.IsAddress(server) || strings.HasSuffix(shown, hiddenPart) || strings.ContainsAny(server, "?#") {
		return failure("server_url", fault.Params{"url": shown})
	}
	return nil
}

// inProcess returns a client of the service in this process. Requests go directly to the HTTP handler, without a
// socket.
func (w *wired) inProcess(ctx context.Context, actor string) (apiClient, error) {
	key, err := w.fingerprintKey(ctx)
	if err != nil {
		return apiClient{}, err
	}
	doer, err := w.handlerWith(key)
	if err != nil {
		return apiClient{}, err
	}
	return newAPIClientOver(procedo.InProcess, procedo.WithActor(actor), doer)
}

// readInProcess is like inProcess, for requests that only read the database d. Nothing gets a receipt, so any key will
// do; that of the database is a secret which the caller may not be allowed to read.
func (w *wired) readInProcess(d database, actor string) (apiClient, error) {
	key := make([]byte, app.ServiceKeySize)
	rand.Read(key)
	doer, err := w.handlerWith(key)
	if err != nil {
		return apiClient{}, err
	}
	reading := readingDoer{doer, func(ctx context.Context) error {
		if err := w.checkReadable(ctx, nil); err != nil {
			return fmt.Errorf("%s: %w", d.shown(), err)
		}
		return nil
	}}
	return newAPIClientOver(procedo.InProcess, procedo.WithActor(actor), reading)
}

// handlerWith returns what sends requests to the service in this process. The key is that of the fingerprints in
// receipts.
func (w *wired) handlerWith(key []byte) (client.HttpRequestDoer, error) {
	handler, err := httpadapter.New(httpadapter.Config{
		Service: w.Service, Principal: systemPrincipal, Ready: w.ping, Log: slog.New(slog.DiscardHandler),
		Schemas: docs.Schemas, HMACKey: key,
	})
	if err != nil {
		return nil, err
	}
	return procedo.Handler(handler), nil
}

// readingDoer sends requests to a service in this process. A 503 does not say what is wrong with the database. The
// person at the terminal may know it, so Do then returns the result of check.
type readingDoer struct {
	client.HttpRequestDoer
	check func(context.Context) error
}

// Do sends a request.
func (d readingDoer) Do(r *http.Request) (*http.Response, error) {
	res, err := d.HttpRequestDoer.Do(r)
	if err != nil || res.StatusCode != http.StatusServiceUnavailable {
		return res, err
	}
	if err := d.check(r.Context()); err != nil {
		res.Body.Close()
		return nil, err
	}
	return res, nil
}

// newAPIClientOver returns a client that sends each request once, through httpClient.
func newAPIClientOver(server string, as procedo.Option, httpClient client.HttpRequestDoer) (apiClient, error) {
	return apiClient{server: server, options: []procedo.Option{
		procedo.WithHTTPClient(httpClient), as, procedo.WithLanguage(terminalLocale().Header()),
		procedo.WithRetries(0, 0), procedo.WithTimeout(0), // httpClient limits the time of a request
	}}.with()
}

// with returns a client with further options.
func (r apiClient) with(options ...procedo.Option) (apiClient, error) {
	options = slices.Concat(r.options, options)
	c, err := procedo.New(r.server, options...)
	if err != nil {
		return apiClient{}, err
	}
	return apiClient{c.API, c, r.server, options}, nil
}

// shown returns an error of the client as one for a person at a terminal.
func shown(err error) error {
	var status *procedo.StatusError
	if errors.As(err, &status) {
		return failure("server_answered", fault.Params{"status": status.Status})
	}
	var problem *procedo.Problem
	if !errors.As(err, &problem) {
		return err
	}
	more := 0
	if problem.IssueCount != nil {
		more = *problem.IssueCount
	}
	return &terminal.ProblemError{
		Problem: &problem.Problem, More: moreIssues(more, len(problem.Issues), "findings"),
	}
}

// orShown returns a result of the client, with its error as one for a person at a terminal.
func orShown[T any](value T, err error) (T, error) { return value, shown(err) }

// Start starts a run.
func (r apiClient) Start(ctx context.Context, s client.RunStart) (*terminal.Run, error) {
	return orShown(r.calls.Start(ctx, s))
}

// Run reads a run.
func (r apiClient) Run(ctx context.Context, id string) (*terminal.Run, error) {
	return orShown(r.calls.Run(ctx, id))
}

// Form reads a step as a form.
func (r apiClient) Form(ctx context.Context, id, step string) (*client.StepForm, error) {
	return orShown(procedo.Decode[client.StepForm](r.calls.API.GetRunStep(ctx, id, step, nil)))
}

// Draft saves a draft of a step.
func (r apiClient) Draft(ctx context.Context, id, step string, d client.StepDraft) (*terminal.Run, error) {
	return orShown(r.calls.Draft(ctx, id, step, d))
}

// Commit commits a step.
func (r apiClient) Commit(ctx context.Context, id, step, tag string, c client.StepCommit) (*terminal.Run, error) {
	return orShown(r.calls.Commit(ctx, id, step, tag, c))
}

// Skip skips a step.
func (r apiClient) Skip(ctx context.Context, id, step string, s client.StepSkip) (*terminal.Run, error) {
	return orShown(r.calls.Skip(ctx, id, step, s))
}

// Fail ends a run as failed.
func (r apiClient) Fail(ctx context.Context, id, reason string) (*terminal.Run, error) {
	return orShown(r.calls.Fail(ctx, id, reason))
}

// Definition reads the definition document of one version.
func (r apiClient) Definition(ctx context.Context, id string, version int) ([]byte, error) {
	return orShown(r.calls.Definition(ctx, id, version))
}

// Bundle downloads a run's bundle: the events of the run, with all that is needed to verify them offline.
func (r apiClient) Bundle(ctx context.Context, id string) ([]byte, error) {
	return orShown(r.calls.Bundle(ctx, id))
}

// Events returns all events of a run, oldest first.
func (r apiClient) Events(ctx context.Context, id string) ([]client.Event, error) {
	return all(r.calls.Events(ctx, id))
}

// all returns the items of a list.
func all[T any](items iter.Seq2[T, error]) (all []T, err error) {
	for item, err := range items {
		if err != nil {
			return nil, shown(err)
		}
		all = append(all, item)
	}
	return all, nil
}

var _ terminal.API = apiClient{}

// isRefusal reports whether err is a problem with this code.
func isRefusal(err error, code string) bool {
	var r *terminal.ProblemError
	return errors.As(err, &r) && r.Code == code
}
