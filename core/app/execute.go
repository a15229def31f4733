package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
)

// optimisticTries is how often a change is decided without a lock before the last attempt takes one.
const optimisticTries = 4

// Execute executes a command on a run: it loads the run, decides, and appends the events if the run has not changed
// since. If the run has changed, it decides again: concurrent changes by themselves never lead to an error. Refusals
// are recorded in the trail.
func (s *Service) Execute(ctx context.Context, req Request, runID string, c run.Command) (run.Run, error) {
	e := execution{service: s, req: req, command: c}
	if done, err := e.tryRecalled(ctx, runID); done {
		return e.finish(ctx, err)
	}
	for range optimisticTries {
		rec, err := s.ports.Runs.Load(ctx, runID)
		if err != nil {
			return run.Run{}, err
		}
		e.lostRace = e.lostRace || !e.overtakenSince.IsZero() && !rec.Run.UpdatedAt.Before(e.overtakenSince)
		change, err := e.decide(rec)
		if err == nil && change != nil {
			err = s.ports.Runs.Append(ctx, *change)
		}
		if !errors.Is(err, ErrMoved) {
			return e.finish(ctx, err)
		}
		e.lostRace = true
	}
	return e.finish(ctx, s.ports.Runs.Exclusively(ctx, runID, e.decide))
}

// tryRecalled tries the command on the remembered run, if there is one. Done is false if the command must be decided on
// the stored run: a refusal, or a decision without events, may be due to a remembered run that is out of date, whereas
// a change can only be appended to the current run.
func (e *execution) tryRecalled(ctx context.Context, runID string) (done bool, err error) {
	if e.service.ports.RecentRuns == nil {
		return false, nil
	}
	rec, ok := e.service.ports.RecentRuns.Recall(ctx, runID)
	if !ok {
		return false, nil
	}
	change, err := e.decide(rec)
	if err != nil || change == nil {
		return false, nil //nolint:nilerr // decided again on the stored run
	}
	if err = e.service.ports.Runs.Append(ctx, *change); errors.Is(err, ErrMoved) {
		e.overtakenSince = e.stamp.At.Add(-raceWindow)
		return false, nil
	}
	return true, err
}

// raceWindow is how long before a command another change may have been recorded and still count as concurrent with it.
// It is an estimate: a cached run that turns out to be stale does not tell when it became stale.
const raceWindow = 100 * time.Millisecond

// execution is the state of one command. Its result, loaded run and refusal are those of the last attempt.
type execution struct {
	service  *Service
	req      Request
	command  run.Command
	lostRace bool // an earlier attempt was accepted, but another change was written first
	// overtakenSince is set if a change of the remembered run could not be appended. If the stored run was changed
	// since then, the command lost a race.
	overtakenSince time.Time

	stamp   run.Stamp
	result  run.Run
	loaded  RunRecord
	refusal error
	changed bool
}

// decide returns the change that the command makes; nil where it changes nothing.
func (e *execution) decide(rec RunRecord) (*RunChange, error) {
	s := e.service
	e.loaded, e.refusal, e.changed = rec, nil, false
	e.stamp = run.Stamp{Actor: e.req.Actor, At: s.ports.Clock.Now()}
	if n := run.SaltsNeeded(rec.Run, e.command); n > 0 {
		e.command = run.WithSalts(e.command, s.ports.Random.Salts(n))
	}
	d, err := run.Decide(rec.Run, e.command, e.stamp)
	if err == nil && len(d.Events) == 0 {
		e.result = rec.Run
		return nil, nil //nolint:nilnil // accepted, nothing to write
	}
	if !e.req.IfMatch.matches(rec.Run.Revision) {
		params := fault.Params{"revision": rec.Run.Revision, "state": string(rec.Run.State)}
		return nil, fault.New(fault.Stale, "run.stale", params)
	}
	if err != nil {
		e.refusal = err
		return nil, err
	}
	change, err := newRunChange(e.req, rec, d)
	if err != nil {
		return nil, err
	}
	e.result, e.changed = change.After, true
	return change, nil
}

// matches reports whether a run at the revision satisfies the condition.
func (c *Condition) matches(revision int64) bool {
	return c == nil || c.Any || slices.Contains(c.Revisions, revision)
}

// finish records a refusal, unless it is due to a lost race, or stores the receipt of a command that changed nothing.
func (e *execution) finish(ctx context.Context, err error) (run.Run, error) {
	switch {
	case e.refusal != nil && !e.lostRace && e.service.recordRefusals:
		e.service.recordRefusal(ctx, e)
	case err == nil && !e.changed:
		err = saveReceipt(ctx, e.service, e.req.RunReceipt, e.result)
	}
	return e.result, asRepeat(err)
}

// recordRefusal writes the refusal to the trail, with one retry. A refusal that cannot be written is counted, and the
// next one that is recorded states the count.
func (s *Service) recordRefusal(ctx context.Context, e *execution) {
	rec := e.loaded
	for range 2 {
		missed := s.unrecorded.Load()
		event, ok := run.Refusal(rec.Run, e.command, e.refusal, e.stamp, int(missed))
		if !ok {
			return
		}
		change, err := newRunChange(Request{ID: e.req.ID}, rec, run.Decision{Events: []run.Event{event}})
		if err == nil {
			err = s.ports.Runs.Append(ctx, *change)
		}
		if err == nil {
			s.unrecorded.Add(-missed)
			return
		}
		if rec, err = s.ports.Runs.Load(ctx, rec.Run.ID); err != nil {
			break
		}
	}
	s.unrecorded.Add(1)
}
