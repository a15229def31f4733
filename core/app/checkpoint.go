package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/procedo/procedo/core/audit"
)

// leavesPerCheckpoint bounds a checkpoint: what has changed more is covered by several.
const leavesPerCheckpoint = 10_000

// MakeCheckpoints signs the heads that changed since the latest checkpoint. None is made where nothing has changed, several where
// much has; those that were made before an error stay. Whoever is overtaken by another replica goes on from there.
func (s *Service) MakeCheckpoints(ctx context.Context, keys []audit.Key) (made []StoredNote, err error) {
	last, err := s.latestCheckpoint(ctx)
	if err != nil {
		return nil, err
	}
	for place := last.Until; ; {
		leaves, next, err := s.Feed.ChangedHeads(ctx, place, leavesPerCheckpoint)
		if err != nil || next == place {
			return made, err
		}
		if place = next; len(leaves) == 0 {
			continue // checkpoints alone
		}
		c, stored, err := s.sign(last, place, leaves, keys)
		if err != nil {
			return made, err
		}
		switch err := s.Checkpoints.AppendCheckpoint(ctx, stored, leaves); {
		case errors.Is(err, ErrMoved):
			if last, err = s.latestCheckpoint(ctx); err != nil {
				return made, err
			}
			place = last.Until
		case err != nil:
			return made, err
		default:
			last, made = c, append(made, stored)
		}
	}
}

// sign makes the checkpoint that follows the last one. A clock that is behind another replica's does not go back.
func (s *Service) sign(last audit.Checkpoint, until audit.Cursor, leaves []audit.Leaf, keys []audit.Key) (audit.Checkpoint, StoredNote, error) {
	SortLeaves(leaves)
	tree := audit.NewTree(leaves)
	c := audit.Checkpoint{Number: last.Number + 1, Time: s.Clock.Now(), Previous: audit.Genesis, Until: until, Leaves: tree.Count(), Root: tree.Root()}
	if last.Number > 0 {
		c.Previous = last.Hash()
	}
	if c.Time.Before(last.Time) {
		c.Time = last.Time
	}
	c, note, err := c.Sign(keys)
	if err == nil && last.Number > 0 && !c.SignedBy(last.Keys) {
		err = fmt.Errorf("checkpoint %d was signed by %s: while a key is being replaced, the old one signs beside the new one", last.Number, last.Keys[0])
	}
	return c, StoredNote{Number: c.Number, Note: note}, err
}

func (s *Service) latestCheckpoint(ctx context.Context) (audit.Checkpoint, error) {
	note, err := s.Checkpoints.Checkpoint(ctx, 0)
	if err != nil || note == "" {
		return audit.Checkpoint{}, err
	}
	c, err := audit.OpenCheckpoint(note)
	if err != nil {
		return c, fmt.Errorf("the latest checkpoint: %w", err)
	}
	return c, nil
}

// LastCheckpointAt tells when the latest checkpoint was made; the zero time where there is none.
func (s *Service) LastCheckpointAt(ctx context.Context) (time.Time, error) {
	c, err := s.latestCheckpoint(ctx)
	return c.Time, err
}

// proof is the run's leaf in the latest checkpoint that has it; nil where none has.
func (s *Service) proof(ctx context.Context, e audit.Entity) (*audit.Proof, error) {
	all, err := s.Checkpoints.LeavesOf(ctx, e)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	own := all[len(all)-1]
	note, err := s.Checkpoints.Checkpoint(ctx, own.Number)
	if err != nil {
		return nil, err
	}
	leaves, err := s.Checkpoints.Leaves(ctx, own.Number)
	if err != nil {
		return nil, err
	}
	path, err := treeOf(leaves).Path(own.Index)
	return &audit.Proof{Note: note, Index: own.Index, Head: own.Head, Path: path}, err
}
