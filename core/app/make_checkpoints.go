package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/procedo/procedo/core/audit"
)

// leavesPerCheckpoint is the maximum number of feed entries, and therefore of leaves, of one checkpoint.
const leavesPerCheckpoint = 10_000

// MakeCheckpoints signs the heads that changed since the latest checkpoint, and returns the signed checkpoints. It
// makes none if nothing has changed, and several if the feed has more than leavesPerCheckpoint new entries. What is
// recorded meanwhile is for the next call: a checkpoint that covers a few events more is of no use to anybody. On an
// error, it returns the checkpoints that it has stored so far. If another replica makes a checkpoint meanwhile,
// MakeCheckpoints continues after that checkpoint.
//
// The first call begins the log, with the given origin or, if it is empty, a unique one. Later calls refuse another
// origin.
func (s *Service) MakeCheckpoints(
	ctx context.Context, keys []audit.Key, origin string,
) (made []audit.StoredNote, err error) {
	ctx, begun := s.begin(ctx, "MakeCheckpoints")
	defer begun.end(&err)
	m, err := s.checkpointMaker(ctx, keys, origin)
	if err != nil {
		return nil, err
	}
	for place := m.last.Until; ; {
		page, err := s.ports.Feed.NextLeaves(ctx, place, leavesPerCheckpoint)
		if err != nil || page.Until == place {
			return made, err
		}
		if place = page.Until; len(page.Leaves) == 0 {
			continue // all new entries are checkpoints, which get no leaves
		}
		stored, err := m.next(place, page.Leaves)
		if err != nil {
			return made, err
		}
		switch err := s.ports.Checkpoints.AppendCheckpoint(ctx, stored); {
		case errors.Is(err, ErrMoved):
			if m, err = s.checkpointMaker(ctx, keys, origin); err != nil {
				return made, err
			}
			place = m.last.Until
		case err != nil:
			return made, err
		default:
			if made = append(made, stored.StoredNote); !page.More {
				return made, nil
			}
		}
	}
}

// checkpointMaker makes consecutive checkpoints.
type checkpointMaker struct {
	service *Service
	keys    []audit.Key
	last    audit.Checkpoint // the latest one; zero if there is none
	origin  string
	log     *audit.Log // with the leaves of last
}

// checkpointMaker returns a maker of the checkpoints that follow the latest one. It reads the edge of the log.
func (s *Service) checkpointMaker(
	ctx context.Context, keys []audit.Key, origin string,
) (m checkpointMaker, err error) {
	m = checkpointMaker{service: s, keys: keys, origin: origin, log: audit.NewLog(0, nil)}
	if m.last, err = s.latestCheckpoint(ctx); err != nil {
		return m, err
	}
	if !m.last.InLog() {
		if m.origin == "" {
			m.origin = "procedo/" + s.ports.Random.RunID()
		}
		return m, audit.CheckOrigin(m.origin)
	}
	head := m.last.Log
	if m.origin = head.Origin; origin != "" && origin != head.Origin {
		return m, audit.Wrong("other_origin", "log", head.Origin, "given", origin).Err()
	}
	edge, err := s.ports.Checkpoints.Nodes(ctx, audit.EdgeOf(head.Size))
	if err != nil {
		return m, fmt.Errorf("the nodes of the log: %w", err)
	}
	if m.log = audit.NewLog(head.Size, edge); m.log.Root() != head.Root {
		return m, audit.Wrong("log_damaged", "number", m.last.Number).Err()
	}
	return m, nil
}

// next makes and signs the next checkpoint. The clocks of replicas may differ: if the time of the last checkpoint is in
// the future, the new checkpoint gets the same time.
func (m *checkpointMaker) next(until audit.Cursor, leaves []audit.Leaf) (n NewCheckpoint, err error) {
	audit.SortLeaves(leaves)
	c := audit.Checkpoint{
		Number: m.last.Number + 1, Time: m.service.ports.Clock.Now(), Until: until, Log: audit.LogHead{Origin: m.origin},
	}
	if c.Time.Before(m.last.Time) {
		c.Time = m.last.Time
	}
	if m.last.Number > 0 && !m.last.SignedBy(audit.PublicKeys(m.keys)) {
		return n, audit.Wrong("old_key_must_sign", "number", m.last.Number, "key", m.last.Keys[0]).Err()
	}
	n = NewCheckpoint{Leaves: leaves, Position: audit.NodesOf(m.log.Size())}
	sealed, err := m.log.Seal(m.last, c, leaves, m.keys)
	m.last, n.StoredNote, n.Nodes = sealed.Checkpoint, sealed.Note, sealed.Nodes
	return n, err
}

// latestCheckpoint returns the latest checkpoint, or the zero Checkpoint if there is none.
func (s *Service) latestCheckpoint(ctx context.Context) (audit.Checkpoint, error) {
	n, err := s.ports.Checkpoints.Checkpoint(ctx, 0)
	if err != nil || n.Number == 0 {
		return audit.Checkpoint{}, err
	}
	c, err := n.Open()
	if err != nil {
		return c, audit.Wrong("latest_checkpoint", "what", audit.ProblemOf(err, "cause")).Err()
	}
	return c, nil
}

// LatestCheckpoint returns the latest checkpoint, or the zero Checkpoint if there is none.
func (s *Service) LatestCheckpoint(ctx context.Context) (last audit.Checkpoint, err error) {
	ctx, begun := s.begin(ctx, "LatestCheckpoint")
	defer begun.end(&err)
	return s.latestCheckpoint(ctx)
}

// LatestNote returns the latest checkpoint as it is stored, with its cosignatures; zero if there is none.
func (s *Service) LatestNote(ctx context.Context) (n audit.StoredNote, err error) {
	ctx, begun := s.begin(ctx, "LatestNote")
	defer begun.end(&err)
	return s.ports.Checkpoints.Checkpoint(ctx, 0)
}
