package app

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/procedo/procedo/core/audit"
)

// Witness cosigns the heads of logs (c2sp.org/tlog-witness). It only cosigns a head if the log has grown from the head
// that it cosigned before. Therefore nobody, not even who has the log's keys, can show it two versions of the history.
type Witness interface {
	// Name identifies the witness in this database.
	Name() string
	// Cosign asks for the lines that the witness signs a checkpoint with. Growth proves that the log has grown from the
	// given size, which may be 0. Cosign returns a WitnessedSizeError if the witness knows the log with another size.
	Cosign(ctx context.Context, checkpoint string, from int64, growth []audit.Hash) (lines string, err error)
}

// WitnessedSizeError means that a witness has last cosigned a log with another size than was expected.
type WitnessedSizeError struct{ Size int64 }

func (e WitnessedSizeError) Error() string {
	return fmt.Sprintf("it has cosigned a log of %d leaves", e.Size)
}

// ForkError means that a witness has cosigned another continuation of the log than the stored one: the database was
// restored from a copy, a second service uses a copy of it, or its history was rewritten.
type ForkError struct {
	Witness string
	Size    int64 // number of leaves of the stored log
	Reason  string
}

func (e ForkError) Error() string {
	return fmt.Sprintf("the witness %s has cosigned another history than this one, whose log has %d leaves: %s",
		e.Witness, e.Size, e.Reason)
}

// ErrInconsistent is returned by a Witness whose own record of the log contradicts the checkpoint.
var ErrInconsistent = errors.New("the log has not grown from what it has cosigned before")

// The limits of the lines of one witness. A witness has few keys; and a checkpoint with the lines of all its witnesses
// has at most 64.
const (
	maxCosignatures     = 8
	maxCosignaturesSize = 16 << 10 // bytes
)

// Cosign asks a witness to cosign the latest checkpoint, and stores the lines that it signs. It does nothing if there
// is no checkpoint in the log, or if the witness has cosigned the latest one. It returns a ForkError if the witness has
// seen another history.
func (s *Service) Cosign(ctx context.Context, w Witness) (cosigned audit.StoredNote, err error) {
	ctx, begun := s.begin(ctx, "Cosign")
	defer begun.end(&err)
	n, err := s.ports.Checkpoints.Checkpoint(ctx, 0)
	if err != nil || n.Header == "" {
		return audit.StoredNote{}, err
	}
	c, err := n.Open()
	if err != nil {
		return audit.StoredNote{}, audit.Wrong("latest_checkpoint", "what", audit.ProblemOf(err, "cause")).Err()
	}
	names, err := s.ports.Checkpoints.Cosigners(ctx, n.Number)
	if err != nil || slices.Contains(names, w.Name()) {
		return audit.StoredNote{}, err
	}
	lines, err := s.cosign(ctx, w, n, c)
	if err != nil {
		return audit.StoredNote{}, err
	}
	n.Note += lines
	return n, s.ports.Checkpoints.Cosign(ctx, n.Number, w.Name(), lines)
}

// cosign asks a witness for its lines, and returns those that may be added to the checkpoint.
func (s *Service) cosign(ctx context.Context, w Witness, n audit.StoredNote, c audit.Checkpoint) (string, error) {
	from := c.HeaderIndex() // the size of the log before the checkpoint, if the witness has cosigned the one before it
	if from == 1 {
		from = 0
	}
	lines, err := s.askWitness(ctx, w, n, c, from)
	var other WitnessedSizeError
	if errors.As(err, &other) && other.Size <= c.Log.Size {
		lines, err = s.askWitness(ctx, w, n, c, other.Size)
	}
	switch {
	case errors.As(err, &other):
		return "", s.otherSize(ctx, w, c, other)
	case errors.Is(err, ErrInconsistent):
		return "", ForkError{Witness: w.Name(), Size: c.Log.Size, Reason: ErrInconsistent.Error()}
	case err != nil:
		return "", err
	}
	if err := checkLines(n, lines); err != nil {
		return "", fmt.Errorf("the witness %s: its answer cannot be added to the checkpoint: %w", w.Name(), err)
	}
	return lines, nil
}

func (s *Service) askWitness(
	ctx context.Context, w Witness, n audit.StoredNote, c audit.Checkpoint, from int64,
) (string, error) {
	growth, err := s.nodes(ctx).ProveGrowth(from, c.Log.Size)
	if err != nil {
		return "", err
	}
	lines, err := w.Cosign(ctx, n.Note, from, growth)
	if err != nil {
		return "", fmt.Errorf("the witness %s: %w", w.Name(), err)
	}
	return lines, nil
}

// otherSize returns the error for a witness that has cosigned a log of another size than the one that growth was proved
// from. That is right if another replica has made a later checkpoint, or has asked for this one, in the meantime.
func (s *Service) otherSize(ctx context.Context, w Witness, c audit.Checkpoint, other WitnessedSizeError) error {
	latest, err := s.latestCheckpoint(ctx)
	if err != nil {
		return err
	}
	if latest.Log.Size >= other.Size {
		return fmt.Errorf("the witness %s: %w: it was asked by somebody else in the meantime, or contradicts itself", w.Name(), other)
	}
	return ForkError{Witness: w.Name(), Size: c.Log.Size, Reason: other.Error()}
}

// checkLines returns an error if the lines of a witness must not be added to a checkpoint. With them, the checkpoint
// must still be valid: a line in the name of one of the checkpoint's own keys would make it invalid for ever.
func checkLines(n audit.StoredNote, lines string) error {
	signatures, err := audit.SignatureLines(lines)
	if err == nil && (len(signatures) > maxCosignatures || len(lines) > maxCosignaturesSize) {
		err = fmt.Errorf("there are more than %d lines or %d bytes", maxCosignatures, maxCosignaturesSize)
	}
	if err == nil {
		n.Note += lines
		_, err = n.Open()
	}
	if _, held := audit.HeldProblem(err); held {
		return errors.New("its lines are no signatures, or are in the name of the checkpoint's own key")
	}
	return err
}
