package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/procedo/procedo/core/audit"
)

// leavesPerCheckpoint is the maximum number of feed entries, and therefore of leaves, of one checkpoint.
const leavesPerCheckpoint = 10_000

// MakeCheckpoints signs the heads that changed since the latest checkpoint, and returns the signed checkpoints. It
// makes none if nothing has changed, and several if the feed has more than leavesPerCheckpoint new entries. What is
// recorded meanwhile is for the next call: a checkpoint that covers a few events more is of no use to anybody. On an
// error, it returns the checkpoints that it has stored so far. If another replica makes a checkpoint meanwhile,
// MakeCheckpoints continues after that checkpoint.
func (s *Service) MakeCheckpoints(ctx context.Context, keys []audit.Key) (made []audit.StoredNote, err error) {
	ctx, begun := s.begin(ctx, "MakeCheckpoints")
	defer begun.end(&err)
	last, err := s.latestCheckpoint(ctx)
	if err != nil {
		return nil, err
	}
	for place := last.Until; ; {
		page, err := s.ports.Feed.NextLeaves(ctx, place, leavesPerCheckpoint)
		if err != nil || page.Until == place {
			return made, err
		}
		if place = page.Until; len(page.Leaves) == 0 {
			continue // all new entries are checkpoints, which get no leaves
		}
		c, stored, err := s.sign(last, place, page.Leaves, keys)
		if err != nil {
			return made, err
		}
		switch err := s.ports.Checkpoints.AppendCheckpoint(ctx, stored, page.Leaves); {
		case errors.Is(err, ErrMoved):
			if last, err = s.latestCheckpoint(ctx); err != nil {
				return made, err
			}
			place = last.Until
		case err != nil:
			return made, err
		default:
			if last, made = c, append(made, stored); !page.More {
				return made, nil
			}
		}
	}
}

// sign makes and signs the checkpoint that follows the last one. The clocks of replicas may differ: if the time of the
// last checkpoint is in the future, the new checkpoint gets the same time.
func (s *Service) sign(
	last audit.Checkpoint, until audit.Cursor, leaves []audit.Leaf, keys []audit.Key,
) (audit.Checkpoint, audit.StoredNote, error) {
	audit.SortLeaves(leaves)
	tree := audit.NewTree(leaves)
	c := audit.Checkpoint{
		Number: last.Number + 1, Time: s.ports.Clock.Now(), Previous: audit.Genesis, Until: until,
		Leaves: tree.Count(), Root: tree.Root(),
	}
	if last.Number > 0 {
		c.Previous = last.Hash()
	}
	if c.Time.Before(last.Time) {
		c.Time = last.Time
	}
	c, note, err := c.Sign(keys)
	if err == nil && last.Number > 0 && !c.SignedBy(last.Keys) {
		err = fmt.Errorf("checkpoint %d was signed by %s: while a key is being replaced, the old key must sign too",
			last.Number, last.Keys[0])
	}
	return c, audit.StoredNote{Number: c.Number, Note: note}, err
}

// latestCheckpoint returns the latest checkpoint, or the zero Checkpoint if there is none.
func (s *Service) latestCheckpoint(ctx context.Context) (audit.Checkpoint, error) {
	note, err := s.ports.Checkpoints.Checkpoint(ctx, 0)
	if err != nil || note == "" {
		return audit.Checkpoint{}, err
	}
	c, err := audit.OpenCheckpoint(note)
	if err != nil {
		return c, fmt.Errorf("the latest checkpoint: %w", err)
	}
	return c, nil
}

// LatestCheckpoint returns the number and the time of the latest checkpoint; zero values if there is none.
func (s *Service) LatestCheckpoint(ctx context.Context) (number int64, at time.Time, err error) {
	ctx, begun := s.begin(ctx, "LatestCheckpoint")
	defer begun.end(&err)
	last, err := s.latestCheckpoint(ctx)
	return last.Number, last.Time, err
}
