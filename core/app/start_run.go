package app

import (
	"context"
	"errors"

	"github.com/procedo/procedo/core/blank"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/metadata"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// StartInput is the input of StartRun.
type StartInput struct {
	ProcedureID string
	Version     int           // 0: the latest
	UserID      string        // blank: the actor
	Reference   string        // blank: none
	Metadata    *jsondoc.Node // nil: none
}

// StartRun starts a run of a version of a procedure. The error is a Conflict if the procedure is archived, and Invalid
// if the metadata has a number that a float64 cannot hold exactly.
func (s *UseCases) StartRun(ctx context.Context, req Request, in StartInput) (_ run.Run, err error) {
	ctx, begun, err := s.admit(ctx, "StartRun", run.ActionCreated.Permission())
	if err != nil {
		return run.Run{}, err
	}
	defer begun.end(&err)
	req.by = begun.by
	rec, err := s.ports.Procedures.Load(ctx, in.ProcedureID)
	if err != nil {
		return run.Run{}, err
	}
	if in.Version == 0 {
		in.Version = rec.Version
	}
	v, err := s.ports.Definitions.Definition(ctx, in.ProcedureID, in.Version)
	if err != nil {
		return run.Run{}, err
	}
	if rec.Status == procedure.Archived {
		err := fault.New(fault.Conflict, "procedure.archived", nil)
		return run.Run{}, refusedUnlessRepeated(ctx, s, req.RunReceipt, err)
	}
	meta, issues := metadata.Read(in.Metadata, "/metadata", "validation.type")
	if issues.Count > 0 {
		return run.Run{}, issues.Fault(fault.Invalid, run.InvalidValues)
	}
	if blank.Is(in.UserID) {
		in.UserID = req.by.ID
	}
	if blank.Is(in.Reference) {
		in.Reference = ""
	}
	events, err := run.Start(ctx, run.StartParams{
		ID: s.ports.Random.RunID(), Version: v, UserID: in.UserID, Reference: in.Reference, Metadata: meta,
	}, run.Stamp{By: req.by, At: s.ports.Clock.Now()})
	if err != nil {
		return run.Run{}, err
	}
	change, err := s.newRunChange(req, RunRecord{}, run.Decision{Events: events})
	if err != nil {
		return run.Run{}, err
	}
	err = s.ports.Runs.Append(ctx, *change)
	if errors.Is(err, ErrMoved) {
		// The run has a new id, so it cannot have changed. Another request has just replaced an expired receipt with
		// the same key.
		err = s.ports.Runs.Append(ctx, *change)
	}
	return change.After, asRepeat(err)
}
