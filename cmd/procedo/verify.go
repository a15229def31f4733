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
	"github.com/procedo/procedo/core/fault"
)

type verifyCmd struct {
	database
	Checkpoint []string `help:"File with kept checkpoints, to compare; repeatable." placeholder:"FILE"`
	Key        []string `sep:"none" help:"Verifier key of the latest checkpoint; repeatable." placeholder:"KEY"`
	Rules      bool     `help:"Decide every command again by today's rules, and warn of differences."`
	Files      []string `arg:"" optional:"" type:"existingfile" help:"A bundle, an export or files of a sink."`
}

// Help is shown by --help below the summary.
func (verifyCmd) Help() string {
	return "Without files, the database is verified; with files, only the files are. A file for --checkpoint has signed " +
		"notes or lines from a sink, which the stored checkpoints must match. A key for --key is one that audit keygen " +
		"shows; one of the keys must have signed the latest checkpoint."
}

// gcPercent trades memory, of which a verification needs little, for time.
const gcPercent = 800

// Run verifies and shows every finding. With findings other than warnings the exit status is 1.
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
	fmt.Fprintln(m.Stdout, c.summary(done, findings, warnings))
	if findings > 0 {
		return exitError(1)
	}
	return nil
}

// summary returns the line that ends a verification.
func (c verifyCmd) summary(done app.Verified, findings, warnings int) string {
	checked := []string{
		count("procedures", done.Procedures), count("runs", done.Runs), count("events", done.Events),
	}
	if done.Checkpoints > 0 {
		checked = append(checked, count("checkpoints", done.Checkpoints))
	}
	found := count("findings", findings)
	if c.Rules {
		found += ", " + count("warnings", warnings)
	}
	return say("verified", fault.Params{"checked": checked, "found": found})
}

// verification returns the settings of a verification from the flags.
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
			return v, fmt.Errorf("%s: the file has no checkpoint", name)
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

// verify verifies the files or, without any, the database.
func (c verifyCmd) verify(
	ctx context.Context, v app.Verification, report func(audit.Finding),
) (app.Verified, error) {
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

// verifyDatabase verifies the whole database, as many parts at once as there are processors. It reports findings in
// the order of the parts.
func verifyDatabase(
	ctx context.Context, s *app.Service, v app.Verification, report func(audit.Finding),
) (app.Verified, error) {
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
