package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"

	"golang.org/x/sync/errgroup"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
)

type verifyCmd struct {
	database
	Checkpoint []string `help:"File with checkpoints that were kept: signed notes, or what a sink was given. They must be the stored ones. May be given several times." placeholder:"FILE"`
	Key        []string `sep:"none" help:"Verifier key, as audit keygen shows it, that must have signed the latest checkpoint; one of them, where several are given." placeholder:"KEY"`
	Rules      bool     `help:"Ask today's rules about every command again, and warn where they decide otherwise."`
	Files      []string `arg:"" optional:"" type:"existingfile" help:"A run's bundle, or an export or the files of a sink, to be checked by themselves; without one the database is checked."`
}

// gcPercent trades memory, of which a verification holds little, for time.
const gcPercent = 800

// Run verifies and reports every finding; any that is no warning makes the exit status 1.
func (c verifyCmd) Run(ctx context.Context, m *Main) error {
	if os.Getenv("GOGC") == "" {
		defer debug.SetGCPercent(debug.SetGCPercent(gcPercent))
	}
	v, err := c.verification()
	if err != nil {
		return err
	}
	findings, warnings := 0, 0
	done, err := c.verify(ctx, v, func(f audit.Finding) {
		if f.Warning {
			warnings++
		} else {
			findings++
		}
		fmt.Fprintln(m.Stdout, f)
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(m.Stdout, "%d procedures, %d runs, %d events", done.Procedures, done.Runs, done.Events)
	if done.Checkpoints > 0 {
		fmt.Fprintf(m.Stdout, ", %d checkpoints", done.Checkpoints)
	}
	fmt.Fprintf(m.Stdout, " checked: %d findings", findings)
	if c.Rules {
		fmt.Fprintf(m.Stdout, ", %d warnings", warnings)
	}
	fmt.Fprintln(m.Stdout)
	if findings > 0 {
		return exitError(1)
	}
	return nil
}

func (c verifyCmd) verification() (app.Verification, error) {
	v := app.Verification{Trust: app.Trust{Keys: c.Key}, Rules: c.Rules}
	for _, key := range c.Key {
		if err := audit.CheckPublic(key); err != nil {
			return v, err
		}
	}
	var notes []string
	for _, name := range c.Checkpoint {
		found, err := notesIn(name)
		if err != nil {
			return v, fmt.Errorf("%s: %w", name, err)
		}
		if len(found) == 0 {
			return v, fmt.Errorf("%s: there is no checkpoint in it", name)
		}
		if _, err := app.KeptCheckpoints(found); err != nil {
			return v, fmt.Errorf("%s: %w", name, err)
		}
		notes = append(notes, found...)
	}
	var err error
	v.Kept, err = app.KeptCheckpoints(notes)
	return v, err
}

func (c verifyCmd) verify(ctx context.Context, v app.Verification, report func(audit.Finding)) (app.Verified, error) {
	if len(c.Files) > 0 {
		return verifyFiles(ctx, c.Files, v, report)
	}
	w, err := c.openExisting(ctx)
	if err != nil {
		return app.Verified{}, err
	}
	defer w.close()
	return verifyDatabase(ctx, w.Service, v, report)
}

// verifyDatabase checks all of storage, as many parts at once as there are processors; findings are reported in the order of the parts.
func verifyDatabase(ctx context.Context, s *app.Service, v app.Verification, report func(audit.Finding)) (app.Verified, error) {
	type result struct {
		done  app.Verified
		found []audit.Finding
	}
	var all app.Verified
	var working errgroup.Group
	workers := runtime.GOMAXPROCS(0)
	working.SetLimit(workers)
	results := make(chan chan result, 4*workers)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	failed := make(chan error, 1)
	check := func(do func(report func(audit.Finding)) (app.Verified, error)) {
		slot := make(chan result, 1)
		results <- slot
		working.Go(func() error {
			var r result
			var err error
			r.done, err = do(func(f audit.Finding) { r.found = append(r.found, f) })
			slot <- r
			if err != nil {
				cancel()
			}
			return err
		})
	}
	go func() {
		check(func(report func(audit.Finding)) (app.Verified, error) {
			return s.VerifyWhole(ctx, v.Trust, report)
		})
		err := s.EachRange(ctx, func(st app.Range) error {
			check(func(report func(audit.Finding)) (app.Verified, error) { return s.VerifyRange(ctx, v, st, report) })
			return ctx.Err()
		})
		close(results)
		failed <- errors.Join(working.Wait(), err)
	}()
	for slot := range results {
		r := <-slot
		all.Add(r.done)
		for _, f := range r.found {
			report(f)
		}
	}
	return all, <-failed
}
