package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/docs"
)

type demoCmd struct {
	Server string `help:"Walk the demo on a running server instead of a throw-away one." placeholder:"URL"`
	Actor  string `default:"procedo-demo" help:"Who walks, for the audit trail."`
}

// demoAnswer is one commit of the walk.
type demoAnswer struct {
	Step      string        `json:"step"`
	Slots     client.Values `json:"slots"`
	Checklist []client.Tick `json:"checklist"`
	Refused   bool          `json:"refused"`
}

// Run walks the demo procedure from start to end, showing each step, a commit that is refused, and the trail verified.
func (c demoCmd) Run(ctx context.Context, m *Main) error {
	if c.Server != "" {
		return c.walk(ctx, m, c.Server)
	}
	dir, err := os.MkdirTemp("", "procedo-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	serving, stop := context.WithCancel(ctx)
	ready, served := make(chan string, 1), make(chan error, 1)
	quiet := &Main{Stdout: discard{}, Stderr: m.Stderr, Ready: func(base string) { ready <- base }}
	server := serveCmd{database: database{DatabaseURL: "sqlite:" + filepath.Join(dir, "demo.db")}, Listen: "127.0.0.1:0", LogLevel: "warn"}
	go func() { served <- server.Run(serving, quiet) }()
	select {
	case base := <-ready:
		err = c.walk(ctx, m, base)
		stop()
		return errors.Join(err, <-served)
	case err := <-served:
		stop()
		return err
	}
}

// discard is where what nobody needs to read goes.
type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

func (c demoCmd) walk(ctx context.Context, m *Main, base string) error {
	to, err := newRemoteLoader(base, c.Actor)
	if err != nil {
		return err
	}
	loaded, err := to.load(ctx, docs.Demo)
	if err != nil {
		return err
	}
	fmt.Fprintf(m.Stdout, "Procedure %s, version %d\n", loaded.id, loaded.version)
	w, err := newDemoWalk(base, c.Actor)
	if err != nil {
		return err
	}
	started, err := w.api.StartRunWithResponse(ctx, nil, client.RunStart{ProcedureID: docs.DemoID}, w.as)
	if err != nil || started.JSON201 == nil {
		return errors.Join(err, fmt.Errorf("start: %s", started.Status()))
	}
	id := started.JSON201.ID
	fmt.Fprintf(m.Stdout, "Run %s started\n", id)
	var answers []demoAnswer
	if err := json.Unmarshal(docs.DemoAnswers, &answers); err != nil {
		return err
	}
	for _, a := range answers {
		if err := w.commit(ctx, m, id, a); err != nil {
			return err
		}
	}
	return w.verify(ctx, m, id)
}

type demoWalk struct {
	api *client.ClientWithResponses
	as  client.RequestEditorFn
}

func newDemoWalk(base, actor string) (demoWalk, error) {
	api, err := client.NewClientWithResponses(base, client.WithHTTPClient(&http.Client{Timeout: remoteTime}))
	return demoWalk{api, func(_ context.Context, r *http.Request) error {
		r.Header.Set("X-Actor", actor)
		r.Header.Set("Accept-Language", terminalLocale().Language())
		return nil
	}}, err
}

// commit shows what a commit did, or why it was refused.
func (w demoWalk) commit(ctx context.Context, m *Main, id string, a demoAnswer) error {
	r, err := w.api.CommitStepWithResponse(ctx, id, a.Step, nil, client.StepCommit{Slots: a.Slots, Checklist: a.Checklist}, w.as)
	switch {
	case err != nil:
		return err
	case a.Refused && r.ApplicationProblemJSON422 != nil:
		fmt.Fprintf(m.Stdout, "✗ %s: %s\n", a.Step, refusal{r.ApplicationProblemJSON422})
		return nil
	case a.Refused || r.JSON200 == nil:
		return fmt.Errorf("commit of %s answered %s: %s", a.Step, r.Status(), r.Body)
	}
	p := r.JSON200.Progress
	fmt.Fprintf(m.Stdout, "✓ %s: %d/%d, %s\n", a.Step, p.Steps.Committed, p.Steps.Total, r.JSON200.State)
	return nil
}

// verify takes the run's bundle and checks it by itself.
func (w demoWalk) verify(ctx context.Context, m *Main, id string) error {
	r, err := w.api.GetRunBundleWithResponse(ctx, id, nil, w.as)
	if err != nil {
		return err
	}
	b, err := app.ReadBundle(r.Body)
	if err != nil {
		return err
	}
	findings := 0
	done := app.VerifyBundle(b, func(f audit.Finding) {
		findings++
		fmt.Fprintln(m.Stdout, f)
	})
	fmt.Fprintf(m.Stdout, "Trail of %d events verified: %d findings\n", done.Events, findings)
	if findings > 0 {
		return exitError(1)
	}
	return nil
}
