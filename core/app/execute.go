package app

import (
	"context"
	"errors"
	"time"

	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
)

// optimisticTries is how often a change is decided without a lock before the last attempt takes one.
const optimisticTries = 4

// Execute carries out a command on a run: load, decide, append if nothing has changed since. A conflict is decided
// again; contention never refuses a change that the rules allow. Refusals are recorded in the trail.
func (s *Service) Execute(ctx context.Context, req Request, runID string, c run.Command) (RunView, error) {
	e := execution{service: s, req: req, command: c}
	if done, err := e.onRecalled(ctx, runID); done {
		return e.finish(ctx, err)
	}
	for range optimisticTries {
		rec, err := s.Runs.Load(ctx, runID)
		if err != nil {
			return RunView{}, err
		}
		e.lostRace = e.lostRace || !e.overtakenSince.IsZero() && !rec.Run.UpdatedAt.Before(e.overtakenSince)
		change, err := e.decide(rec)
		if err == nil && change != nil {
			err = s.Runs.Append(ctx, *change)
		}
		if !errors.Is(err, ErrMoved) {
			return e.finish(ctx, err)
		}
		e.lostRace = true
	}
	return e.finish(ctx, s.Runs.Exclusively(ctx, runID, e.decide))
}

// onRecalled tries the command on the run as it was last seen. Only a change that was appended is done: that proves that the run
// was still so. A refusal, or a command that changes nothing, may be so of a run that has moved on.
func (e *execution) onRecalled(ctx context.Context, runID string) (done bool, err error) {
	if e.service.Recent == nil {
		return false, nil
	}
	rec, ok := e.service.Recent.Recall(ctx, runID)
	if !ok {
		return false, nil
	}
	change, err := e.decide(rec)
	if err != nil || change == nil {
		return false, nil //nolint:nilerr // decided again on the run as it is
	}
	if err = e.service.Runs.Append(ctx, *change); errors.Is(err, ErrMoved) {
		e.overtakenSince = e.stamp.At.Add(-raceWindow)
		return false, nil
	}
	return true, err
}

// raceWindow is how long before a command another change may have been decided to have been written beside it: what was remembered
// does not tell a race from a run that moved on long ago.
const raceWindow = 100 * time.Millisecond

// execution is one command on its way: what was last loaded, decided and refused.
type execution struct {
	service  *Service
	req      Request
	command  run.Command
	lostRace bool // an earlier attempt was accepted and overtaken
	// overtakenSince is set once a change of the remembered run was too late: whoever wrote since then won a race.
	overtakenSince time.Time

	stamp   run.Stamp
	result  RunView
	loaded  RunRecord
	refusal error
	changed bool
}

// decide makes the change that the command asks for; nil where it changes nothing.
func (e *execution) decide(rec RunRecord) (*RunChange, error) {
	s := e.service
	e.loaded, e.refusal, e.changed = rec, nil, false
	e.stamp = run.Stamp{Actor: e.req.Actor, At: s.Clock.Now()}
	if n := run.SaltsNeeded(rec.Run, e.command); n > 0 {
		e.command = run.WithSalts(e.command, s.Random.Salts(n))
	}
	d, err := run.Decide(rec.Run, e.command, e.stamp)
	if err == nil && len(d.Events) == 0 {
		e.result = RunView{rec.Run}
		return nil, nil //nolint:nilnil // accepted, nothing to write
	}
	if !e.req.IfMatch.holdsFor(rec.Run.Revision) {
		return nil, fault.New(fault.Stale, "run.stale", fault.Params{"revision": rec.Run.Revision, "state": string(rec.Run.State)})
	}
	if err != nil {
		e.refusal = err
		return nil, err
	}
	change, err := s.runChange(e.req, rec, d)
	if err != nil {
		return nil, err
	}
	e.result, e.changed = RunView{change.After}, true
	return change, nil
}

func (e *execution) finish(ctx context.Context, err error) (RunView, error) {
	switch {
	case e.refusal != nil && !e.lostRace && !e.service.RefusalsOff:
		e.service.recordRefusal(ctx, e)
	case err == nil && !e.changed:
		err = e.service.unchanged(ctx, e.req, e.result)
	}
	return e.result, asRepeat(err)
}

// recordRefusal writes the refusal to the trail: one attempt and one retry, then it is only counted, and the next
// one recorded states the count.
func (s *Service) recordRefusal(ctx context.Context, e *execution) {
	rec := e.loaded
	for range 2 {
		missed := s.unrecorded.Load()
		event, ok := run.Refusal(rec.Run, e.command, e.refusal, e.stamp, int(missed))
		if !ok {
			return
		}
		change, err := s.runChange(Request{ID: e.req.ID}, rec, run.Decision{Events: []run.Event{event}})
		if err == nil {
			err = s.Runs.Append(ctx, *change)
		}
		if err == nil {
			s.unrecorded.Add(-missed)
			return
		}
		if rec, err = s.Runs.Load(ctx, rec.Run.ID); err != nil {
			break
		}
	}
	s.unrecorded.Add(1)
}
