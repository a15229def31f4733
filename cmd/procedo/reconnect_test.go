package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/terminal"
	"github.com/procedo/procedo/api/procedo"
	"github.com/procedo/procedo/core/fault"
)

// flaky is an HTTP client that first returns failures, then succeeds. It records the requests.
type flaky struct {
	failures []error // nil means a response with the status 503, errInProgress one with 409
	bodies   []string
	keys     []string
}

func (f *flaky) Do(r *http.Request) (*http.Response, error) {
	body, _ := io.ReadAll(r.Body)
	f.bodies, f.keys = append(f.bodies, string(body)), append(f.keys, r.Header.Get("Idempotency-Key"))
	res := &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(""))}
	if len(f.failures) > 0 {
		err := f.failures[0]
		f.failures = f.failures[1:]
		switch {
		case errors.Is(err, errInProgress):
			res.StatusCode = http.StatusConflict
			res.Body = io.NopCloser(strings.NewReader(`{"code":"idempotency.in_progress"}`))
		case err != nil:
			return nil, err
		default:
			res.StatusCode = http.StatusServiceUnavailable
		}
	}
	return res, nil
}

var errInProgress = errors.New("in progress")

// postTo sends a POST through f, as a client with further options does.
func postTo(t *testing.T, f *flaky, options ...procedo.Option) (status int, err error) {
	t.Helper()
	body := bytes.NewReader([]byte("answer"))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://server/runs", body)
	require.NoError(t, err)
	api, err := newAPIClientOver("http://server", procedo.WithActor("claire"), f)
	require.NoError(t, err)
	api, err = api.with(options...)
	require.NoError(t, err)
	res, err := api.Client.Client.Do(r)
	if err != nil {
		return 0, err
	}
	return res.StatusCode, res.Body.Close()
}

func TestAPostIsRepeatedWithTheSameKeyUntilTheServerAnswers(t *testing.T) {
	f := &flaky{failures: []error{syscall.ECONNREFUSED, nil, &net.DNSError{}}}
	var reasons []string
	back := 0
	wait := func(_ context.Context, attempt int, err error) error {
		require.Len(t, reasons, attempt)
		reasons = append(reasons, unavailableReason(err))
		return nil
	}
	status, err := postTo(t, f, procedo.WithWait(wait, func() error { back++; return nil }))
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, []string{"connection_refused", "unavailable", "unknown_host"}, reasons)
	require.Equal(t, 1, back)
	require.Equal(t, []string{"answer", "answer", "answer", "answer"}, f.bodies)
	require.NotEmpty(t, f.keys[0])
	require.Equal(t, []string{f.keys[0], f.keys[0], f.keys[0], f.keys[0]}, f.keys, "the command is carried out once")
}

func TestRequestsOfScriptsAreNotRepeated(t *testing.T) {
	f := &flaky{failures: []error{syscall.ECONNREFUSED}}
	_, err := postTo(t, f)
	require.ErrorIs(t, err, syscall.ECONNREFUSED)
	require.Len(t, f.bodies, 1)
	require.Empty(t, f.keys[0])
}

func TestRequestsAreNotRepeatedAfterThePersonLeaves(t *testing.T) {
	left := errors.New("left")
	f := &flaky{failures: []error{syscall.ECONNREFUSED}}
	wait := func(context.Context, int, error) error { return left }
	_, err := postTo(t, f, procedo.WithWait(wait, func() error { return nil }))
	require.ErrorIs(t, err, left)
	require.Len(t, f.bodies, 1)
}

// waitingConsole is a console at which a person types while nothing is asked.
type waitingConsole struct {
	terminal.Console
	bytes.Buffer
	waits, resumed int
}

func (c *waitingConsole) Write(p []byte) (int, error) { return c.Buffer.Write(p) }
func (c *waitingConsole) Wait() error                 { c.waits++; return nil }
func (c *waitingConsole) Resume() (bool, error)       { c.resumed++; return true, nil }

// The first request may still run when the repeat arrives. That is no answer for the person who waits.
func TestThePersonAtTheConsoleReadsOnceThatTheServerIsAwayAndThatItIsBack(t *testing.T) {
	t.Setenv("LC_ALL", "C")
	synctest.Test(t, func(t *testing.T) {
		console := &waitingConsole{}
		f := &flaky{failures: []error{io.ErrUnexpectedEOF, errInProgress, errInProgress}}
		began := time.Now()
		status, err := postTo(t, f, waitingAt(console))
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, status)
		require.Equal(t, 3*time.Second, time.Since(began), "half a second longer each time")
		require.Len(t, slices.Compact(f.keys), 1)
		require.Equal(t, 1, console.waits)
		require.Equal(t, 1, console.resumed)
		said := console.String()
		require.Equal(t, 1, strings.Count(said, "The server does not answer"), said)
		require.Contains(t, said, say("server_away", fault.Params{"reason": "connection_lost"}))
		require.Equal(t, 1, strings.Count(said, say("server_back", nil)), said)
		require.Equal(t, 1, strings.Count(said, say("typed_discarded", nil)), said)
	})
}

func TestResumeCommandIsQuotedForTheShellAndHidesPasswords(t *testing.T) {
	for want, c := range map[string]runCmd{
		"procedo run --resume 7":                             {},
		"procedo run --resume 7 --server http://h:1":         {Server: "http://h:1"},
		"procedo run --resume 7 --database-url sqlite:a.db":  {database: database{DatabaseURL: "sqlite:a.db"}},
		"procedo run --resume 7 --actor claire":              {Actor: "claire"},
		"procedo run --resume 7 --actor 'Zoé d'\\''Arc'":     {Actor: "Zoé d'Arc"},
		"procedo run --resume 7 --actor=-x":                  {Actor: "-x"},
		"procedo run --resume 7 --answers 'my answers.json'": {Answers: "my answers.json"},
		"procedo run --resume 7 --database-url 'sqlite:a b.db' --actor '$HOME'": {
			database: database{DatabaseURL: "sqlite:a b.db"}, Actor: "$HOME",
		},
	} {
		if c.DatabaseURL == "" {
			c.DatabaseURL = defaultDatabase
		}
		require.Equal(t, want, c.resumeCommand("7"))
	}
	const secret = "postgres://u:geheim@h/d"
	c := runCmd{database: database{DatabaseURL: secret}}
	require.Equal(t, "procedo run --resume 7 --database-url postgres://u:xxxxx@h/d", c.resumeCommand("7"))
	t.Setenv("PROCEDO_DATABASE_URL", secret)
	require.Equal(t, "procedo run --resume 7", c.resumeCommand("7"))
}
