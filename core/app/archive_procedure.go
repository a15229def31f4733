package app

import (
	"context"
	"errors"

	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
)

// ArchiveProcedure stops new runs of a procedure and changes nothing else. Archiving an archived procedure changes
// nothing.
func (s *Service) ArchiveProcedure(ctx context.Context, req Request, id string) (Saved, error) {
	return s.setStatus(ctx, req, id, procedure.Archived, procedure.ActionArchived)
}

// UnarchiveProcedure lets runs start again.
func (s *Service) UnarchiveProcedure(ctx context.Context, req Request, id string) (Saved, error) {
	return s.setStatus(ctx, req, id, procedure.Active, procedure.ActionUnarchived)
}

func (s *Service) setStatus(
	ctx context.Context, req Request, id string, to procedure.Status, action procedure.Action,
) (Saved, error) {
	for range optimisticTries { // another request may publish meanwhile, which is no reason to refuse this one
		saved, err := s.trySetStatus(ctx, req, id, to, action)
		if !errors.Is(err, ErrMoved) {
			return saved, err
		}
	}
	return Saved{}, fault.New(fault.Stale, "procedure.stale", nil)
}

func (s *Service) trySetStatus(
	ctx context.Context, req Request, id string, to procedure.Status, action procedure.Action,
) (Saved, error) {
	view, err := s.Procedure(ctx, id)
	if err != nil {
		return Saved{}, err
	}
	saved := Saved{View: view}
	if view.Record.Status == to {
		return saved, saveReceipt(ctx, s, req.SavedReceipt, saved)
	}
	change := ProcedureChange{Before: view.Record.Head, After: view.Record}
	change.After.Status, saved.Changed = to, true
	if err := s.appendProcedure(ctx, req, &change, &saved, action, s.ports.Clock.Now()); err != nil {
		return Saved{}, err
	}
	return saved, nil
}
