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
	checkpointKeyFlag
	Output string `short:"o" default:"-" help:"File to append to; - is standard output." placeholder:"FILE"`
}

// Help is shown by --help below the summary.
func (checkpointCmd) Help() string {
	return "PROCEDO_AUDIT_KEY can hold the keys in place of a file. " +
		"Keep the checkpoints in a place where the database's administrators cannot write."
}

// Run signs checkpoints of the trails that have changed since the latest checkpoint.
func (c checkpointCmd) Run(ctx context.Context, m *Main) error {
	keys, err := c.keys()
	if err == nil && keys == nil {
		err = failure("no_key", nil)
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
		fmt.Fprintln(m.Stderr, say("no_new_checkpoint", nil))
	}
	return nil
}

// write appends the signed notes of the checkpoints to the output, each followed by an empty line.
func (c checkpointCmd) write(out io.Writer, made []audit.StoredNote) (err error) {
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

// makeCheckpoints makes checkpoints periodically until ctx is done. A checkpoint is due when the latest one, perhaps
// made by another replica, is older than the period. A random delay of up to 5 % of the period keeps the replicas from
// starting at the same time.
func makeCheckpoints(ctx context.Context, s *app.Service, keys []audit.Key, every time.Duration, log *slog.Logger) {
	for {
		wait := every
		if due, err := s.NextCheckpointIn(ctx, every); err != nil {
			log.WarnContext(ctx, "cannot read the last checkpoint", "error", err)
		} else if wait = due; wait <= 0 {
			made, err := s.MakeCheckpoints(ctx, keys)
			if err != nil && ctx.Err() == nil {
				log.WarnContext(ctx, "cannot make a checkpoint", "error", err)
			}
			for _, n := range made {
				log.InfoContext(ctx, "checkpoint", "number", n.Number)
			}
			wait = every
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait + rand.N(every/20+1)): //nolint:gosec // a delay, not a secret
		}
	}
}
