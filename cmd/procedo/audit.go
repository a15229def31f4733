package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/sync/errgroup"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
)

type auditCmd struct {
	Verify     verifyCmd     `cmd:"" help:"Check sequence, hashes and copies of every trail, and compare what the events say with the stored rows."`
	Export     exportCmd     `cmd:"" help:"Write every event, as a line of JSON or of a table."`
	Checkpoint checkpointCmd `cmd:"" help:"Sign where every trail ends that has changed since the last checkpoint."`
	Keygen     keygenCmd     `cmd:"" help:"Make a key that signs checkpoints."`
	Erase      eraseCmd      `cmd:"" help:"Remove the plain value of a sensitive slot; the trail records it and still verifies."`
}

type verifyCmd struct {
	database
	File string `arg:"" optional:"" type:"existingfile" help:"A run's bundle or an export, to be checked by itself; without it the database is checked."`
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
	return verifyDatabase(ctx, w.Service, report)
}

// verifyDatabase checks every trail, as many at once as there are processors; findings are reported in the order of the entities.
func verifyDatabase(ctx context.Context, s *app.Service, report func(audit.Finding)) (app.Verified, error) {
	var all app.Verified
	err := s.EachEntity(ctx, func(page []app.Entity) error {
		found := make([][]audit.Finding, len(page))
		done := make([]app.Verified, len(page))
		var checking errgroup.Group
		checking.SetLimit(runtime.GOMAXPROCS(0))
		for i, e := range page {
			checking.Go(func() (err error) {
				done[i], err = s.VerifyEntity(ctx, e, func(f audit.Finding) { found[i] = append(found[i], f) })
				return err
			})
		}
		err := checking.Wait()
		for i := range page {
			all.Add(done[i])
			for _, f := range found[i] {
				report(f)
			}
		}
		return err
	})
	return all, err
}

// verifyFile checks an export, which begins with an event, or a bundle.
func verifyFile(file string, report func(audit.Finding)) (app.Verified, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return app.Verified{}, err
	}
	events := jsontext.NewDecoder(bytes.NewReader(data))
	var first audit.Event
	if err := json.UnmarshalDecode(events, &first); err == nil {
		return verifyExport(first, events, report)
	}
	b, err := app.ReadBundle(data)
	if err != nil {
		return app.Verified{}, fmt.Errorf("%s: %w", file, err)
	}
	return app.VerifyBundle(b, cel.Language{}, report), nil
}

func verifyExport(e audit.Event, rest *jsontext.Decoder, report func(audit.Finding)) (app.Verified, error) {
	var check app.ExportCheck
	for {
		check.Next(e, report)
		switch err := json.UnmarshalDecode(rest, &e); {
		case errors.Is(err, io.EOF):
			return check.Verified, nil
		case err != nil:
			return check.Verified, fmt.Errorf("after %d events: %w", check.Verified.Events, err)
		}
	}
}
