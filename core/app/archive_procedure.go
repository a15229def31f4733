package app

import (
	"context"
	"errors"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
)

// ArchiveProcedure archives a procedure, so that no new run of it can be started. Archiving an archived procedure
// changes nothing.
func (s *UseCases) ArchiveProcedure(ctx context.Context, req Request, id string) (_ Saved, err error) {
	ctx, begun, err := s.admit(ctx, "ArchiveProcedure", access.WriteDefinitions)
	if err != nil {
		return Saved{}, err
	}
	defer begun.end(&err)
	req.by = begun.by
	return s.setStatus(ctx, req, id, procedure.Archived, procedure.ActionArchived)
}

// UnarchiveProcedure makes an archived procedure active again, so that runs of it can be started.
func (s *UseCases) UnarchiveProcedure(ctx context.Context, req Request, id string) (_ Saved, err error) {
	ctx, begun, err := s.admit(ctx, "UnarchiveProcedure", access.WriteDefinitions)
	if err != nil {
		return Saved{}, err
	}
	defer begun.end(&err)
	req.by = begun.by
	return s.setStatus(ctx, req, id, procedure.Active, procedure.ActionUnarchived)
}

func (s *UseCases) setStatus(
	ctx context.Context, req Request, id string, to procedure.Status, action procedure.Action,
) (Saved, error) {
	for range optimisticTries { // retry if another request has changed the procedure meanwhile
		saved, err := s.trySetStatus(ctx, req, id, to, action)
		if !errors.Is(err, ErrMoved) {
			return saved, err
		}
	}
	return Saved{}, fault.New(fault.Unavailable, "service.unavailable", nil) // the caller named no version to be stale
}

func (s *UseCases) trySetStatus(
	ctx context.Context, req Request, id string, to procedure.Status, action procedure.Action,
) (Saved, error) {
	view, err := s.view(ctx, id)
	if err != nil {
		return Saved{}, err
	}
	saved := Saved{View: view}
	if view.Record.Status == to {
		return saved, s.saveReceipt(ctx, receiptOfSaved(req.SavedReceipt, saved, s.ports.Clock.Now()))
	}
	change := ProcedureChange{Before: view.Record.Head, After: view.Record}
	change.After.Status, saved.Changed = to, true
	at := notBefore(view.Record.LastEventAt, s.ports.Clock.Now())
	if err := s.appendProcedure(ctx, req, &change, &saved, action, at); err != nil {
		return Saved{}, err
	}
	return saved, nil
}
