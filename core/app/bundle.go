package app

import (
	"context"

	"github.com/procedo/procedo/core/audit"
)

// Bundle is everything that verifying a run offline needs.
type Bundle struct {
	RunID     string
	Version   VersionRecord
	Canonical []byte // the definition's canonical bytes
	Events    []audit.Event
	Proof     *audit.Proof // of the latest checkpoint that has the run; nil where none has

	flaws [][]string // of each event by itself, where it was read; nil where that was not looked at
}

// eventPage is how many events are read at once.
const eventPage = 500

// Bundle gathers a run's definition and its whole trail.
func (s *Service) Bundle(ctx context.Context, id string) (Bundle, error) {
	rec, err := s.Runs.Load(ctx, id)
	if err != nil {
		return Bundle{}, err
	}
	version, canonical, err := s.Procedures.Document(ctx, rec.Run.Version.ID, rec.Run.Version.Number)
	if err != nil {
		return Bundle{}, err
	}
	b := Bundle{RunID: id, Version: version, Canonical: canonical}
	if b.Proof, err = s.proof(ctx, audit.Run(id)); err != nil { // before the events, which may go on meanwhile
		return Bundle{}, err
	}
	err = s.events(ctx, id, 0, func(e audit.Event) (bool, error) {
		b.Events = append(b.Events, e)
		return true, nil
	})
	return b, err
}
