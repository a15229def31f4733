package app

import (
	"context"
	"errors"

	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
)

// ArchiveProcedure stops new runs of a procedure and touches nothing else. Archiving what is archived changes nothing.
func (s *Service) ArchiveProcedure(ctx context.Context, req Request, id string) (Saved, error) {
	return s.setStatus(ctx, req, id, procedure.Archived, ActionProcedureArchived)
}

// UnarchiveProcedure lets runs start again.
func (s *Service) UnarchiveProcedure(ctx context.Context, req Request, id string) (Saved, error) {
	return s.setStatus(ctx, req, id, procedure.Active, ActionProcedureUnarchived)
}

func (s *Service) setStatus(ctx context.Context, req Request, id string, to procedure.Status, action string) (Saved, error) {
	for range optimisticTries { // somebody may publish meanwhile: no reason to refuse this
		saved, err := s.trySetStatus(ctx, req, id, to, action)
		if !errors.Is(err, ErrMoved) {
			return saved, err
		}
	}
	return Saved{}, fault.New(fault.Stale, "procedure.stale", nil)
}

func (s *Service) trySetStatus(ctx context.Context, req Request, id string, to procedure.Status, action string) (Saved, error) {
	view, err := s.Procedure(ctx, id)
	if err != nil {
		return Saved{}, err
	}
	saved := Saved{View: view}
	if view.Record.Status == to {
		return saved, s.unchanged(ctx, req, saved)
	}
	change := ProcedureChange{Before: view.Record.Head, After: view.Record}
	change.After.Status, saved.Changed = to, true
	if err := s.appendProcedure(ctx, req, &change, &saved, action, s.Clock.Now()); err != nil {
		return Saved{}, err
	}
	return saved, nil
}
