package app

import (
	"context"
	"io"
	"iter"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/verify"
)

// WriteBundle writes the document of a run's bundle: the definition, the events that the run has now, and a proof from
// the latest checkpoint that covers the run, if there is one. The texts and values that the words in withhold select
// are left out; see verify.NewWithholding. Memory and database connections do not depend on the length of the run: the
// events are read page by page, and no connection is in use while WriteBundle writes.
func (s *UseCases) WriteBundle(ctx context.Context, to io.Writer, id string, withhold ...string) (err error) {
	ctx, begun, err := s.admit(ctx, "WriteBundle", access.TakeBundle)
	if err != nil {
		return err
	}
	defer begun.end(&err)
	// The proof is read before the run, so that the run's events reach at least to the head that the proof covers.
	proof, err := s.proof(ctx, audit.Run(id))
	if err != nil {
		return err
	}
	rec, err := s.ports.Runs.Load(ctx, id)
	if err != nil {
		return err
	}
	version, canonical, err := s.ports.Procedures.Document(ctx, rec.Run.Version.ID, rec.Run.Version.Number)
	if err != nil {
		return err
	}
	events := s.events(ctx, id, rec.Head.Seq)
	if len(withhold) > 0 {
		w, err := verify.NewWithholding(rec.Run.Version, withhold)
		if err != nil {
			return err
		}
		if events, err = withheld(w, events); err != nil {
			return err
		}
	}
	return verify.Bundle{RunID: id, Version: version, Canonical: canonical, Proof: proof}.Write(to, events)
}

// events returns the events of a run up to the given seq, oldest first. It holds one page of them at a time. Events
// that are appended in the meantime do not count. An erasure in the meantime removes disclosures from events that have
// not been read yet; a bundle without them still verifies.
func (s *UseCases) events(ctx context.Context, runID string, through int64) iter.Seq2[audit.Event, error] {
	return func(yield func(audit.Event, error) bool) {
		err := s.eachEvent(ctx, runID, 0, func(e *audit.Event) (bool, error) {
			now := *e
			*e = audit.Event{} // so that the page does not keep what has been written
			return now.Seq <= through && yield(now, nil) && now.Seq < through, nil
		})
		if err != nil {
			yield(audit.Event{}, err)
		}
	}
}

// withheld returns the events without what is withheld. It returns an error, before any event is written, if some of
// them have version 1 of the hashed form and show something to be withheld. These come before all others.
func withheld(w *verify.Withholding, events iter.Seq2[audit.Event, error]) (iter.Seq2[audit.Event, error], error) {
	for e, err := range events {
		if err != nil {
			return nil, err
		}
		if e.Open().Version > 1 {
			break
		}
		if _, err := w.Apply(e); err != nil {
			return nil, err
		}
	}
	if err := w.Err(); err != nil {
		return nil, err
	}
	return func(yield func(audit.Event, error) bool) {
		for e, err := range events {
			if err == nil {
				e, err = w.Apply(e)
			}
			if err == nil {
				err = w.Err()
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}, nil
}

// proof returns a proof for the entity's leaf in the latest checkpoint that has one. It returns nil if there is none.
func (s *UseCases) proof(ctx context.Context, e audit.Entity) (*audit.Proof, error) {
	all, err := s.ports.Checkpoints.LeavesOf(ctx, e)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	own := all[len(all)-1]
	n, err := s.ports.Checkpoints.Checkpoint(ctx, own.Number)
	if err != nil {
		return nil, err
	}
	p := &audit.Proof{Checkpoint: n, Index: own.Index, Head: own.Head}
	if n.Header == "" {
		leaves, err := s.ports.Checkpoints.Leaves(ctx, own.Number)
		if err != nil {
			return nil, err
		}
		p.Path, err = audit.StoredTree(leaves).Path(own.Index)
		return p, err
	}
	return p, s.proveInLog(ctx, n, p)
}

// proveInLog sets the paths of a proof, and the index of the leaf in the log. Every later checkpoint of the log covers
// the leaf too: the proof leads to the latest one that a witness has cosigned, if there is one. If the stored
// checkpoint or the stored nodes are damaged, paths are missing: then the proof is not valid, but its reader sees what
// is stored.
func (s *UseCases) proveInLog(ctx context.Context, n audit.StoredNote, p *audit.Proof) error {
	own, err := n.Open()
	if err != nil {
		return nil //nolint:nilerr // for the proof's check to find
	}
	p.Index += own.HeaderIndex() + 1
	signed := own
	later, err := s.latestCosigned(ctx)
	if err == nil && later.Number > own.Number {
		if c, err := later.Open(); err == nil && c.InLog() {
			p.Checkpoint, signed = later, c
		}
	}
	nodes := s.nodes(ctx)
	if err == nil {
		p.HeaderPath, err = nodes.ProveLeaf(signed.Log.Size, signed.HeaderIndex())
	}
	if err == nil {
		p.Path, err = nodes.ProveLeaf(signed.Log.Size, p.Index)
	}
	if fault.Is(err, fault.Internal) {
		return nil
	}
	return err
}

// latestCosigned returns the latest checkpoint that a witness has cosigned, or the zero StoredNote.
func (s *UseCases) latestCosigned(ctx context.Context) (audit.StoredNote, error) {
	number, err := s.ports.Checkpoints.LatestCosigned(ctx)
	if err != nil || number == 0 {
		return audit.StoredNote{}, err
	}
	return s.ports.Checkpoints.Checkpoint(ctx, number)
}

// nodes returns a reader of the log's stored nodes.
func (s *Service) nodes(ctx context.Context) audit.Nodes {
	return func(positions []int64) ([]audit.Hash, error) { return s.ports.Checkpoints.Nodes(ctx, positions) }
}
