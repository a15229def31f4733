package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

// client sends requests to a service over kept connections. Each of its users waits for an answer before it sends the
// next request.
type client struct {
	http  *http.Client
	bases []string       // URLs of the processes of the service, which get requests in turn
	sent  *atomic.Uint64 // requests
	token string         // sent with every request; empty: none
}

func newClient(conns int, bases ...string) client {
	transport := &http.Transport{MaxIdleConnsPerHost: conns, MaxConnsPerHost: conns, DisableCompression: true}
	return client{
		http: &http.Client{Transport: transport, Timeout: 30 * time.Second}, bases: bases, sent: &atomic.Uint64{},
	}
}

// base returns the URL of the process that gets the next request.
func (c client) base() string { return c.bases[c.sent.Add(1)%uint64(len(c.bases))] }

// call sends a request and returns the body of the answer, which must have one of the given statuses.
func (c client) call(ctx context.Context, method, path string, body []byte, statuses ...int) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, c.base()+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	for _, s := range statuses {
		if response.StatusCode == s {
			return answer, nil
		}
	}
	return nil, fmt.Errorf("%s %s: %s: %.200s", method, path, response.Status, answer)
}

// create creates a procedure, unless it exists.
func (c client) create(ctx context.Context, p procedure) error {
	_, err := c.call(ctx, http.MethodPost, "/procedures", p.text, http.StatusCreated, http.StatusOK)
	return err
}

// walk starts a run, commits each step, and reads the run, which must be completed then. It notes the time of each
// commit.
func (c client) walk(ctx context.Context, p procedure, note func(time.Duration)) (id string, err error) {
	if id, err = c.start(ctx, p); err != nil {
		return "", err
	}
	if err := c.commit(ctx, p, id, len(p.commits), note); err != nil {
		return id, err
	}
	answer, err := c.call(ctx, http.MethodGet, "/runs/"+id, nil, http.StatusOK)
	if err != nil {
		return id, err
	}
	var run struct{ State string }
	if err := json.Unmarshal(answer, &run); err != nil || run.State != "completed" {
		return id, fmt.Errorf("run %s is not completed: %q, %w", id, run.State, err)
	}
	return id, nil
}

// start starts a run and returns its id.
func (c client) start(ctx context.Context, p procedure) (string, error) {
	answer, err := c.call(ctx, http.MethodPost, "/runs", p.start(), http.StatusCreated)
	if err != nil {
		return "", err
	}
	var run struct{ ID string }
	return run.ID, json.Unmarshal(answer, &run)
}

// commit commits the first n steps of a run.
func (c client) commit(ctx context.Context, p procedure, id string, n int, note func(time.Duration)) error {
	for _, step := range p.commits[:n] {
		began := time.Now()
		path := "/runs/" + id + "/steps/" + step.step + "/commit"
		if _, err := c.call(ctx, http.MethodPost, path, step.body, http.StatusOK); err != nil {
			return err
		}
		note(time.Since(began))
	}
	return nil
}
