package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
)

// optimisticTries is the number of attempts to write a change without a lock. Execute then makes a last attempt with a
// lock.
const optimisticTries = 4

// Execute executes a command on a run: it loads the run, decides, and appends the events if the run has not changed
// since. If another request has changed the run, Execute decides again.
//
// A refusal that depends on the run is appended in the same way, as an event, before it is returned. If this event
// cannot be written, Execute returns an Unavailable error instead of the refusal.
func (s *UseCases) Execute(ctx context.Context, req Request, runID string, c run.Command) (_ run.Run, err error) {
	ctx, begun, err := s.admit(ctx, "Execute", c.Action().Permission())
	if err != nil {
		return run.Run{}, err
	}
	defer begun.end(&err)
	req.by = begun.by
	return s.execute(ctx, req, runID, c)
}

// execute is Execute for a principal who has been admitted.
func (s *UseCases) execute(ctx context.Context, req Request, runID string, c run.Command) (run.Run, error) {
	e := execution{service: s, req: req, command: c}
	if done, err := e.tryRecalled(ctx, runID); done {
		return e.finish(ctx, err)
	}
	for range optimisticTries {
		rec, err := s.ports.Runs.Load(ctx, runID)
		if err != nil {
			return run.Run{}, err
		}
		e.verdict, err = e.decide(ctx, rec)
		if err == nil && e.verdict.change != nil {
			err = e.noteMoved(s.ports.Runs.Append(ctx, *e.verdict.change))
		}
		if !errors.Is(err, ErrMoved) {
			return e.finish(ctx, err)
		}
	}
	return e.finish(ctx, s.ports.Runs.Exclusively(ctx, runID, func(rec RunRecord) (_ *RunChange, err error) {
		e.verdict, err = e.decide(ctx, rec)
		return e.verdict.change, err
	}))
}

// tryRecalled decides the command on the remembered run and appends the result. done is false if the command must be
// decided again on the stored run. This is the case if no run is remembered, if Append finds the remembered run out of
// date, or if nothing is appended: only Append shows whether the remembered run is current.
func (e *execution) tryRecalled(ctx context.Context, runID string) (done bool, err error) {
	if e.service.ports.RecentRuns == nil || !e.service.recalls.allowed() {
		return false, nil
	}
	rec, ok := e.service.ports.RecentRuns.Recall(ctx, runID)
	if !ok {
		return false, nil
	}
	if e.verdict, err = e.decide(ctx, rec); err != nil || e.verdict.change == nil {
		return false, nil //nolint:nilerr // the caller decides the command again, on the stored run
	}
	err = e.noteMoved(e.service.ports.Runs.Append(ctx, *e.verdict.change))
	moved := errors.Is(err, ErrMoved)
	if err == nil || moved && !e.isKnownAfter(ctx, rec) {
		e.service.recalls.note(moved)
	}
	return !moved, err
}

// isKnownAfter reports whether a later state than the given one is remembered now. If so, another request to this
// process has changed the run since it was recalled.
func (e *execution) isKnownAfter(ctx context.Context, rec RunRecord) bool {
	now, ok := e.service.ports.RecentRuns.Recall(ctx, rec.Run.ID)
	return ok && now.Head.Seq > rec.Head.Seq
}

// verdict is what is decided about a command on a run as it stands.
type verdict struct {
	refusal error      // why the command is refused; nil if it is accepted
	after   run.Run    // the run after an accepted command
	change  *RunChange // the events of the command, or the event that records its refusal; nil if nothing is written
}

// changes reports whether the command is accepted and changes the run.
func (v verdict) changes() bool { return v.refusal == nil && v.change != nil }

// execution is the state of one command.
type execution struct {
	service *UseCases
	req     Request
	command run.Command

	remaining []RemainingDisclosures // of an erasure

	verdict verdict // of the last attempt

	uncount  func() // takes the counted refusal back; nil if none is counted
	lostRace bool   // an earlier attempt was accepted, but the run had changed meanwhile
}

// decide returns the verdict on the command. An error means that there is none, or that its refusal cannot be recorded.
func (e *execution) decide(ctx context.Context, rec RunRecord) (verdict, error) {
	stamp := run.Stamp{By: e.req.by, At: notBefore(rec.Run.LastEventAt, e.service.ports.Clock.Now())}
	if err := e.prepare(ctx, rec.Run); err != nil {
		return verdict{}, err
	}
	d, err := run.Decide(ctx, rec.Run, e.command, stamp)
	if err == nil && len(d.Events) == 0 {
		return verdict{after: rec.Run}, nil
	}
	if !fault.Is(err, fault.Forbidden) && !e.req.IfMatch.matches(rec.Run.Revision) {
		params := fault.Params{"revision": rec.Run.Revision, "state": string(rec.Run.State)}
		err = e.req.IfMatch.unmet("run.stale", params)
	}
	if err != nil {
		return e.refuse(ctx, rec, stamp, err)
	}
	if err := e.service.addCarriedValues(ctx, rec.Run, &d); err != nil {
		return verdict{}, err
	}
	change, err := e.service.newRunChange(e.req, rec, d)
	if err != nil {
		return verdict{}, err
	}
	_, change.Erases = e.command.(run.Erase)
	change.Remaining = e.remaining
	return verdict{after: change.After, change: change}, nil
}

// prepare converts the command if its values are in the caller's notation, and adds to it what it needs besides the
// run: the plan of an erasure, or the salts and stored values for sensitive slots.
func (e *execution) prepare(ctx context.Context, r run.Run) error {
	if e.req.ReadCommand != nil {
		e.command = e.req.ReadCommand(r.Version, e.command)
	}
	if c, ok := e.command.(run.Erase); ok {
		err := e.planErasure(ctx, r, &c)
		e.command = c
		return err
	}
	return e.addSecrets(ctx, r)
}

// refuse returns the verdict that a command is refused, with the event that records this unless it is not recorded. If
// the caller has had too many refusals, the command is refused for that reason instead, and nothing is recorded. A
// repeat is not refused because the first request, which ran at the same time, has changed the run: it gets
// ErrRepeated.
func (e *execution) refuse(ctx context.Context, rec RunRecord, stamp run.Stamp, refusal error) (verdict, error) {
	if err := findRepeated(ctx, e.service, e.req.RunReceipt); err != nil {
		return verdict{}, err
	}
	if limited := e.countRefusal(refusal); limited != nil {
		return verdict{refusal: limited}, nil //nolint:nilerr // it is the refusal
	}
	event, ok := run.Refusal(rec.Run, e.command, refusal, stamp)
	if !ok || !e.service.recordRefusals {
		return verdict{refusal: refusal}, nil
	}
	recorded := run.Decision{Events: []run.Event{event}}
	change, err := e.service.newRunChange(Request{ID: e.req.ID, by: e.req.by}, rec, recorded)
	return verdict{refusal: refusal, change: change}, err
}

// notBefore returns the later of the two times, so that the times of a trail never go backwards.
func notBefore(last, now time.Time) time.Time {
	if now.Before(last) {
		return last
	}
	return now
}

// matches reports whether the revision satisfies the condition. A nil condition is always satisfied.
func (c *Condition) matches(revision int64) bool {
	return c == nil || c.Any || slices.Contains(c.Revisions, revision)
}

// unmet returns the refusal of a request whose condition does not hold. If the condition names a weak tag, the caller
// may have named the current state, and reading it again would not help.
func (c *Condition) unmet(code string, params fault.Params) error {
	if c.HasWeak {
		return fault.New(fault.Stale, "request.weak_etag", nil)
	}
	return fault.New(fault.Stale, code, params)
}

// finish returns the result of the command after the last attempt to write its events. err is the error of that
// attempt, or nil. If the command changed nothing, finish stores its receipt.
func (e *execution) finish(ctx context.Context, err error) (run.Run, error) {
	e.settleCount(err)
	v := e.verdict
	switch {
	case err != nil && v.refusal != nil: // a refusal is only returned once it is recorded
		return run.Run{}, fault.New(fault.Unavailable, "service.unavailable", nil).Because(err)
	case err != nil:
		return run.Run{}, asRepeat(err)
	case v.refusal != nil:
		return run.Run{}, v.refusal
	case !v.changes():
		receipt := receiptOfRun(e.req.RunReceipt, v.after, e.service.ports.Clock.Now())
		return v.after, e.service.saveReceipt(ctx, receipt)
	}
	return v.after, nil
}
