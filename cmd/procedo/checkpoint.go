package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"time"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
)

type checkpointCmd struct {
	database
	signing
	Output string `short:"o" default:"-" help:"File to which new checkpoints are added; - is standard output. Keep it where whoever runs the database cannot write." placeholder:"FILE"`
}

// Run makes a checkpoint of what has changed since the last one.
func (c checkpointCmd) Run(ctx context.Context, m *Main) error {
	keys, err := c.keys()
	if err == nil && keys == nil {
		err = errNoKey
	}
	if err != nil {
		return err
	}
	w, err := c.openExisting(ctx)
	if err != nil {
		return err
	}
	defer w.close()
	made, err := w.MakeCheckpoints(ctx, keys)
	if err := errors.Join(err, c.write(m.Stdout, made)); err != nil {
		return err
	}
	if len(made) == 0 {
		fmt.Fprintln(m.Stderr, "nothing has changed since the last checkpoint")
	}
	return nil
}

// write adds signed notes to the file, an empty line after each.
func (c checkpointCmd) write(out io.Writer, made []app.StoredNote) (err error) {
	if c.Output != "-" {
		var file *os.File
		if file, err = os.OpenFile(c.Output, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, file.Sync(), file.Close()) }()
		out = file
	}
	for _, n := range made {
		if _, err := fmt.Fprintln(out, n.Note); err != nil {
			return err
		}
	}
	return nil
}

// checkpoints makes one whenever the period has passed since the last, whoever made that. Replicas look at slightly different times.
func checkpoints(ctx context.Context, s *app.Service, keys []audit.Key, every time.Duration, log *slog.Logger) {
	for {
		wait := every
		if last, err := s.LastCheckpointAt(ctx); err != nil {
			log.WarnContext(ctx, "the last checkpoint cannot be read", "error", err)
		} else if wait = every - s.Clock.Now().Sub(last); wait <= 0 {
			made, err := s.MakeCheckpoints(ctx, keys)
			if err != nil && ctx.Err() == nil {
				log.WarnContext(ctx, "no checkpoint was made", "error", err)
			}
			for _, n := range made {
				log.InfoContext(ctx, "checkpoint", "number", n.Number)
			}
			wait = every
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait + rand.N(every/20+1)): //nolint:gosec // a spread, no secret
		}
	}
}
