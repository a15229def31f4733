package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
)

// optimisticTries is the number of attempts to make a change without a lock.
const optimisticTries = 4

// Execute executes a command on a run: it loads the run, decides, and appends the events. If another request has
// changed the run meanwhile, Execute tries again, finally with a lock. Refusals are recorded in the trail.
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
		e.lostRace = e.lostRace || !e.concurrentFrom.IsZero() && !rec.Run.UpdatedAt.Before(e.concurrentFrom)
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

// tryRecalled executes the command on the remembered run, if there is one. The remembered run may be out of date, so
// that only a change that has been appended counts. In all other cases done is false, and the command must be decided
// on the stored run.
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
		e.concurrentFrom = e.stamp.At.Add(-raceWindow)
		return false, nil
	}
	return true, err
}

// raceWindow is the time before a command within which another change counts as concurrent with it. It is an estimate,
// because it is not known when a remembered run became out of date.
const raceWindow = 100 * time.Millisecond

// execution is the state of one call of Execute. The fields from stamp on are those of the last attempt.
type execution struct {
	service  *Service
	req      Request
	command  run.Command
	lostRace bool // the command was accepted in an earlier attempt, but another change was written first
	// concurrentFrom is set if the remembered run was out of date. If the stored run has changed at this time or later,
	// the change counts as concurrent, and the command has lost a race.
	concurrentFrom time.Time

	stamp   run.Stamp
	result  run.Run
	loaded  RunRecord
	refusal error
	changed bool
}

// decide decides the command on a run. It returns the resulting change, or nil if the command changes nothing.
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

// finish records a refusal in the trail, or stores the receipt of a command that changed nothing. A refusal after a
// lost race is not recorded, because the caller could not know of the concurrent change.
func (e *execution) finish(ctx context.Context, err error) (run.Run, error) {
	switch {
	case e.refusal != nil && !e.lostRace && e.service.recordRefusals:
		e.service.recordRefusal(ctx, e)
	case err == nil && !e.changed:
		err = saveReceipt(ctx, e.service, e.req.RunReceipt, e.result)
	}
	return e.result, asRepeat(err)
}

// recordRefusal writes the refusal to the trail, with one retry. Refusals that cannot be written are counted, and the
// next refusal that is recorded states their number.
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
