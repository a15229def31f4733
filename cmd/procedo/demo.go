package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/terminal"
	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/verify"
	"github.com/procedo/procedo/docs"
)

type demoCmd struct {
	Server string `help:"Run the demo on this server instead of in a temporary database." placeholder:"URL"`
	tokenFlag
	Actor actor `default:"procedo-demo" help:"Actor named in the audit trail."`
}

// Run executes the demo procedure from start to end, including a refused commit. It shows each step and verifies the
// trail.
func (c demoCmd) Run(ctx context.Context, m *Main) error {
	if c.Server != "" {
		if err := c.checkActor(c.Actor, "procedo-demo"); err != nil {
			return err
		}
		api, err := newAPIClient(ctx, c.Server, c.tokenFlag, string(c.Actor))
		if err != nil {
			return err
		}
		return m.demo(ctx, api)
	}
	dir, err := os.MkdirTemp("", "procedo-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	w, err := database{DatabaseURL: "sqlite:" + filepath.Join(dir, "demo.db")}.open(ctx, true, wiring{})
	if err != nil {
		return err
	}
	api, err := w.inProcess(ctx, string(c.Actor))
	if err == nil {
		err = m.demo(ctx, api)
	}
	return errors.Join(err, w.close())
}

func (m *Main) demo(ctx context.Context, api apiClient) error {
	loaded, err := serverLoader{api}.load(ctx, docs.Demo)
	if err != nil {
		return err
	}
	m.println(say("procedure", fault.Params{"procedure": loaded.id, "version": loaded.version}))
	run, err := api.Start(ctx, client.RunStart{ProcedureID: docs.DemoID})
	if err != nil {
		return err
	}
	m.println(say("started", fault.Params{"run": run.ID}))
	answers, err := terminal.ReadAnswers(docs.DemoAnswers)
	if err != nil {
		return err
	}
	if run, err = terminal.Play(ctx, api, m.Stdout, terminalLocale(), run, answers); err != nil {
		return err
	}
	return m.verifyRun(ctx, api, run.ID)
}

// verifyRun downloads a run's bundle and verifies it.
func (m *Main) verifyRun(ctx context.Context, api apiClient, id string) error {
	data, err := api.Bundle(ctx, id)
	if err != nil {
		return err
	}
	b, err := verify.ReadBundle(data, inParallel)
	if err != nil {
		return err
	}
	findings := 0
	done := b.Verify(cel.Language{}, verify.Options{}, func(f audit.Finding) { //nolint:contextcheck // verified to its end
		findings++
		m.println(terminalLocale().Finding(f))
	})
	m.println(say("trail_verified", fault.Params{
		"events": count("events", done.Events), "findings": count("findings", findings),
	}))
	if findings > 0 {
		return exitError(1)
	}
	return nil
}
