package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/procedo/procedo/core/audit"
)

type checkpointCmd struct {
	database
	checkpointFlags
	Output string `short:"o" default:"-" help:"File to append to; - is standard output." placeholder:"FILE"`
}

// Help is shown by --help below the summary.
func (checkpointCmd) Help() string {
	return "PROCEDO_AUDIT_KEY can hold the keys in place of a file. " +
		"Keep the checkpoints in a place where the database's administrators cannot write."
}

// Run signs checkpoints of the trails that have changed since the latest checkpoint, and lets witnesses cosign the
// latest one. It writes the checkpoints that were made, and the latest one if a witness has cosigned it now or if the
// file does not have it.
func (c checkpointCmd) Run(ctx context.Context, m *Main) error {
	with, err := c.checkpointing(ctx)
	if err == nil && with.keys == nil {
		err = failure("no_key", nil)
	}
	if err != nil {
		return err
	}
	own := append(c.files(), ownFile{"--audit-key-file", c.AuditKeyFile})
	if err := checkOutput("--output", c.Output, own); err != nil {
		return err
	}
	if _, err := c.kept(ctx); err != nil { // before anything is signed
		return err
	}
	w, err := c.openExisting(ctx)
	if err != nil {
		return err
	}
	defer w.close()
	made, err := w.MakeCheckpoints(ctx, with.keys, with.origin)
	errs := []error{err}
	for _, one := range with.witnesses {
		cosigned, err := w.Cosign(ctx, one)
		if errs = append(errs, err); cosigned.Number == 0 {
			continue
		}
		if last := len(made) - 1; last >= 0 && made[last].Number == cosigned.Number {
			made = made[:last]
		}
		made = append(made, cosigned)
	}
	if made, err = c.addLatest(ctx, w, made); err != nil {
		errs = append(errs, err)
	}
	if err := errors.Join(append(errs, c.write(ctx, m.data(), made))...); err != nil {
		return err
	}
	if len(made) == 0 {
		m.warn(say("no_new_checkpoint", nil))
	}
	return nil
}

// addLatest adds the latest checkpoint if the file does not have it: a server may have made it. Only a file that has
// the latest checkpoint vouches for all that was recorded before.
func (c checkpointCmd) addLatest(ctx context.Context, w *wired, made []audit.StoredNote) ([]audit.StoredNote, error) {
	if c.Output == "-" {
		return made, nil
	}
	latest, err := w.LatestNote(ctx)
	if err != nil || latest.Number == 0 {
		return made, err
	}
	kept, err := c.kept(ctx)
	if err != nil {
		return made, err
	}
	notes := kept.notes
	for _, n := range made {
		notes = append(notes, n.Note)
	}
	signed, _, _ := strings.Cut(latest.Note, "\n\n")
	if slices.ContainsFunc(notes, func(note string) bool { return strings.HasPrefix(note, signed+"\n\n") }) {
		return made, nil
	}
	return append(made, latest), nil
}

// kept reads the file to which the checkpoints are appended.
func (c checkpointCmd) kept(ctx context.Context) (keptFile, error) {
	if c.Output == "-" {
		return keptFile{}, nil
	}
	kept, err := readKept(ctx, c.Output)
	if isFork(err) {
		var notes keptNotes
		notes.add(c.Output, kept.notes)
		_, err = notes.checkpoints(ctx, c.database)
	}
	return kept, err
}

// write appends the signed notes of the checkpoints to the output, each followed by an empty line. Without any, it does
// not make a file.
func (c checkpointCmd) write(ctx context.Context, out io.Writer, made []audit.StoredNote) error {
	if len(made) == 0 {
		return nil
	}
	kept, err := c.kept(ctx)
	if err != nil {
		return err
	}
	write := func(out io.Writer) error {
		if _, err := io.WriteString(out, kept.missing); err != nil {
			return err
		}
		for _, n := range made {
			if _, err := fmt.Fprintln(out, n.Note); err != nil {
				return err
			}
		}
		return nil
	}
	if c.Output == "-" {
		return write(out)
	}
	return appendWhole(c.Output, write)
}
