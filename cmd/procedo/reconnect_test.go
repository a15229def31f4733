package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// flaky is an HTTP client that first returns failures, then succeeds. It records the requests.
type flaky struct {
	failures []error // nil means a response with the status 503
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
		if err != nil {
			return nil, err
		}
		res.StatusCode = http.StatusServiceUnavailable
	}
	return res, nil
}

func postTo(t *testing.T, p *reconnector) (status int, err error) {
	t.Helper()
	body := bytes.NewReader([]byte("answer"))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://server/runs", body)
	require.NoError(t, err)
	res, err := p.Do(r)
	if err != nil {
		return 0, err
	}
	return res.StatusCode, res.Body.Close()
}

func TestAPostIsRepeatedWithTheSameKeyUntilTheServerAnswers(t *testing.T) {
	f := &flaky{failures: []error{syscall.ECONNREFUSED, nil, &net.DNSError{}}}
	var reasons []string
	back := 0
	p := &reconnector{next: f, back: func() error { back++; return nil }}
	p.wait = func(_ context.Context, attempt int, err error) error {
		require.Len(t, reasons, attempt)
		reasons = append(reasons, unavailableReason(err))
		return nil
	}
	status, err := postTo(t, p)
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
	_, err := postTo(t, &reconnector{next: f})
	require.ErrorIs(t, err, syscall.ECONNREFUSED)
	require.Len(t, f.bodies, 1)
}

func TestRequestsAreNotRepeatedAfterThePersonLeaves(t *testing.T) {
	left := errors.New("left")
	p := &reconnector{next: &flaky{failures: []error{syscall.ECONNREFUSED}}}
	p.wait = func(context.Context, int, error) error { return left }
	_, err := postTo(t, p)
	require.ErrorIs(t, err, left)
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
