package main

import (
	"context"
	"fmt"
	"os"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
)

type auditCmd struct {
	Verify verifyCmd `cmd:"" help:"Check sequence, hashes and copies of every trail, and compare what the events say with the stored rows."`
}

type verifyCmd struct {
	database
	File string `arg:"" optional:"" type:"existingfile" help:"A run's bundle, to be checked by itself; without it the database is checked."`
}

// Run verifies and reports every finding; any makes the exit status 1.
func (c verifyCmd) Run(ctx context.Context, m *Main) error {
	findings := 0
	report := func(f audit.Finding) {
		findings++
		fmt.Fprintln(m.Stdout, f)
	}
	done, err := c.verify(ctx, report)
	if err != nil {
		return err
	}
	fmt.Fprintf(m.Stdout, "%d procedures, %d runs, %d events checked: %d findings\n", done.Procedures, done.Runs, done.Events, findings)
	if findings > 0 {
		return exitError(1)
	}
	return nil
}

func (c verifyCmd) verify(ctx context.Context, report func(audit.Finding)) (app.Verified, error) {
	if c.File != "" {
		return verifyFile(c.File, report)
	}
	w, err := c.openExisting(ctx)
	if err != nil {
		return app.Verified{}, err
	}
	defer w.close()
	return w.Verify(ctx, report)
}

func verifyFile(file string, report func(audit.Finding)) (app.Verified, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return app.Verified{}, err
	}
	b, err := app.ReadBundle(data)
	if err != nil {
		return app.Verified{}, fmt.Errorf("%s: %w", file, err)
	}
	return app.VerifyBundle(b, report), nil
}
