package app

import (
	"context"
	"errors"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/metadata"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// Start is what a new run is asked for with.
type StartInput struct {
	ProcedureID string
	Version     int           // 0: the latest
	UserID      string        // empty: the actor
	Reference   string        //
	Metadata    *jsondoc.Node // nil: none
}

// StartRun starts a run of a version of an active procedure. An archived one is a Conflict; metadata whose numbers
// are no doubles is Invalid.
func (s *Service) StartRun(ctx context.Context, req Request, start StartInput) (RunView, error) {
	rec, err := s.Procedures.Load(ctx, start.ProcedureID)
	if err != nil {
		return RunView{}, err
	}
	if start.Version == 0 {
		start.Version = rec.Version
	}
	v, err := s.Definitions.Definition(ctx, start.ProcedureID, start.Version)
	if err != nil {
		return RunView{}, err
	}
	if rec.Status == procedure.Archived {
		return RunView{}, fault.New(fault.Conflict, "procedure.archived", nil)
	}
	meta, issues := metadata.Read(start.Metadata, "/metadata", "validation.type")
	if len(issues) > 0 {
		return RunView{}, fault.WithIssues(run.InvalidValues, issues)
	}
	if start.UserID == "" {
		start.UserID = req.Actor
	}
	events, err := run.Start(run.StartParams{
		ID: s.Random.RunID(), Version: v, UserID: start.UserID, Reference: start.Reference, Metadata: meta,
	}, run.Stamp{Actor: req.Actor, At: s.Clock.Now()})
	if err != nil {
		return RunView{}, err
	}
	change, err := s.runChange(req, RunRecord{}, run.Decision{Events: events})
	if err != nil {
		return RunView{}, err
	}
	err = s.Runs.Append(ctx, *change)
	if errors.Is(err, ErrMoved) { // the run is new: somebody touched the expired receipt of this key meanwhile
		err = s.Runs.Append(ctx, *change)
	}
	return RunView{change.After}, asRepeat(err)
}

// change folds a decision's events over a run, seals them, and makes the receipt of the result.
func (s *Service) runChange(req Request, rec RunRecord, d run.Decision) (*RunChange, error) {
	after, err := run.Fold(rec.Run, d.Events)
	if err != nil {
		return nil, fault.From(err)
	}
	c := &RunChange{Before: rec.Run, After: after, PlainValues: d.PlainValues, Events: make([]audit.Event, len(d.Events))}
	head := rec.Head
	for i, e := range d.Events {
		payload, err := run.MarshalFact(after.Version, e.Fact)
		if err != nil {
			return nil, fault.From(err)
		}
		c.Events[i], err = audit.Seal(audit.Run(after.ID), head, audit.Entry{
			Action: e.Fact.Action(), Actor: e.Actor, OccurredAt: e.At, Payload: payload, RequestID: req.ID,
		})
		if err != nil {
			return nil, fault.From(err)
		}
		head = c.Events[i].Head()
	}
	c.Receipt, err = req.receipt(RunView{after}, d.Events[0].At)
	if err != nil {
		return nil, fault.From(err)
	}
	return c, nil
}
