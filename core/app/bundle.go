package app

import (
	"context"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/verify"
)

// Bundle returns a run's definition, all events of the run, and a proof from the latest checkpoint that covers the run.
// The proof is nil if no checkpoint covers the run yet. The texts and values that the words in
// withhold select are left out; see verify.Bundle.Withhold.
func (s *Service) Bundle(ctx context.Context, id string, withhold ...string) (verify.Bundle, error) {
	rec, err := s.ports.Runs.Load(ctx, id)
	if err != nil {
		return verify.Bundle{}, err
	}
	version, canonical, err := s.ports.Procedures.Document(ctx, rec.Run.Version.ID, rec.Run.Version.Number)
	if err != nil {
		return verify.Bundle{}, err
	}
	b := verify.Bundle{RunID: id, Version: version, Canonical: canonical}
	// The proof is read before the events, so that the events reach at least to the head that the proof covers.
	if b.Proof, err = s.proof(ctx, audit.Run(id)); err != nil {
		return verify.Bundle{}, err
	}
	err = s.eachEvent(ctx, id, 0, func(e *audit.Event) (bool, error) {
		b.Events = append(b.Events, *e)
		return true, nil
	})
	if err != nil || len(withhold) == 0 {
		return b, err
	}
	return b.Withhold(rec.Run.Version, withhold)
}

// proof returns a proof for the entity's leaf in the latest checkpoint that covers the entity. It returns nil if no
// checkpoint covers the entity.
func (s *Service) proof(ctx context.Context, e audit.Entity) (*audit.Proof, error) {
	all, err := s.ports.Checkpoints.LeavesOf(ctx, e)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	own := all[len(all)-1]
	note, err := s.ports.Checkpoints.Checkpoint(ctx, own.Number)
	if err != nil {
		return nil, err
	}
	leaves, err := s.ports.Checkpoints.Leaves(ctx, own.Number)
	if err != nil {
		return nil, err
	}
	path, err := audit.StoredTree(leaves).Path(own.Index)
	return &audit.Proof{Note: note, Index: own.Index, Head: own.Head, Path: path}, err
}
