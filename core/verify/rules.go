package verify

import (
	"bytes"
	"context"
	"reflect"
	"slices"
	"strings"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/encoding"
)

// rulesChanged returns a problem that a ruleCheck reports.
func rulesChanged(code string, params ...any) audit.Problem {
	return audit.Wrong("rules_changed", "what", audit.Wrong(code, params...))
}

// ruleCheck decides each accepted command of a run again by today's rules, and reports where the events would differ.
// It also reports events of agents that the definition does not allow; no later release makes those right.
//
// It skips refused commands, whose input is recorded only in part. It also skips commands with a sensitive value that
// is no longer known, and those that may depend on what was erased or withheld.
type ruleCheck struct {
	version     *procedure.Version
	plainValues []run.PlainValue // the known values of sensitive slots
	warn        findingFunc
	before      run.Run     // the run before the command
	pending     []run.Event // recorded events of a command, until one of them shows which command it was
	expected    []run.Event // further events of the decision, which the trail must contain next
	hidden      bool        // the event of the run's creation has hidden values
}

func newRuleCheck(v *procedure.Version, plainValues []run.PlainValue, warn findingFunc) *ruleCheck {
	return &ruleCheck{version: v, plainValues: plainValues, warn: warn}
}

// next checks a recorded event. It gets the run as it was before this event.
func (r *ruleCheck) next(before run.Run, e *audit.Event, o audit.Opened, fact run.Fact, addFinding findingFunc) {
	recorded := run.Event{Stamp: run.Stamp{By: audit.PrincipalOf(e.Actor, o), At: e.OccurredAt}, Fact: fact}
	if _, refusal := fact.(run.Refused); refusal {
		return
	}
	if as, to := recorded.By.As, fact.Action().Permission(); strings.HasPrefix(as, access.RolePrefix) && !to.Admits(as) {
		r.warn(e.Seq, rulesChanged("not_admitted", "role", as, "permission", string(to)))
	}
	if i, forbidden := run.ForbidsAgent(before, recorded); forbidden {
		step := &r.version.Steps[i]
		params := []any{"action", e.Action, "step", step.Key, "agents", step.Agents.String()}
		addFinding(e.Seq, audit.Wrong("agent_not_allowed", params...))
	}
	if c, created := fact.(run.Created); created {
		r.hidden = len(c.Hidden) > 0
	}
	if len(r.expected) > 0 {
		expected := r.expected[0]
		if r.expected = r.expected[1:]; !r.samePayload(expected.Fact, fact) {
			r.warnDifferent(e.Seq, fact, expected.Fact)
			r.expected = nil
		}
		return
	}
	if len(r.pending) == 0 {
		r.before = before
	}
	r.pending = append(r.pending, recorded)
	if _, started := fact.(run.Started); started {
		return // the next event shows which command started the run
	}
	r.decide(e.Seq, recorded)
	r.pending = nil
}

// end warns if, under today's rules, the last command of the run would have produced more events than were recorded.
// seq is the number of the run's last event.
func (r *ruleCheck) end(seq int64) {
	if len(r.expected) > 0 {
		r.warnOf(seq, "would_follow", "action", string(r.expected[0].Fact.Action()))
	}
}

// warnDifferent warns that the decided fact differs from the recorded one. If the recorded fact no longer shows what a
// condition read, the two cannot be compared.
func (r *ruleCheck) warnDifferent(seq int64, recorded, decided run.Fact) {
	hides := func(c run.ConditionResult) bool { return c.Hidden > 0 }
	if slices.ContainsFunc(run.ConditionsOf(recorded), hides) {
		return
	}
	if recorded.Action() == decided.Action() {
		r.warnOf(seq, "other_content", "action", string(recorded.Action()))
		return
	}
	r.warnOf(seq, "other_action", "action", string(decided.Action()), "recorded", string(recorded.Action()))
}

// decide decides the command of the pending events again, and compares the result with these events.
func (r *ruleCheck) decide(seq int64, recorded run.Event) {
	events, possible, err := r.decideAgain(recorded)
	switch {
	case !possible, fault.From(err).Code == run.AgentRefused: // next has reported the latter
		return
	case err != nil:
		r.warnOf(seq, "would_be_refused", "action", string(recorded.Fact.Action()), "what", describeRefusal(err))
		return
	case len(events) < len(r.pending):
		r.warnOf(seq, "would_change_nothing", "action", string(recorded.Fact.Action()))
		return
	}
	for i, p := range r.pending {
		if !r.samePayload(events[i].Fact, p.Fact) {
			r.warnDifferent(seq, p.Fact, events[i].Fact)
			return
		}
	}
	r.expected = events[len(r.pending):]
}

// decideAgain decides again the command that led to a recorded event. It returns false if the command is not known.
func (r *ruleCheck) decideAgain(recorded run.Event) (events []run.Event, possible bool, err error) {
	if c, created := recorded.Fact.(run.Created); created {
		events, err = run.Start(context.Background(), run.StartParams{
			ID: c.RunID, Version: r.version, UserID: c.UserID, Reference: c.Reference, Metadata: c.Metadata,
		}, recorded.Stamp)
		return events, true, err
	}
	command, ok := run.CommandOf(r.before, recorded, r.plainValues)
	if !ok {
		return nil, false, nil
	}
	d, err := run.Decide(context.Background(), r.before, command, recorded.Stamp)
	return d.Events, true, err
}

// samePayload reports whether two facts have the same action and payload.
func (r *ruleCheck) samePayload(a, b run.Fact) bool {
	if a.Action() != b.Action() {
		return false
	}
	if reflect.DeepEqual(a, b) { // the usual case, in which the facts need not be encoded
		return true
	}
	x, errX := encoding.Marshal(r.version, a, withoutSalt())
	y, errY := encoding.Marshal(r.version, b, withoutSalt())
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// withoutSalt returns a committer without random salts, so that equal values have equal commitments.
func withoutSalt() *audit.Committer {
	return audit.NewCommitter(func() commitment.Salt { return commitment.Salt{} })
}

// warnOf adds a warning, unless the run before the command does not show everything that the command may depend on.
func (r *ruleCheck) warnOf(seq int64, code string, params ...any) {
	if r.hidden || r.before.Hides() {
		return
	}
	r.warn(seq, rulesChanged(code, params...))
}

func describeRefusal(err error) audit.Problem {
	f := fault.From(err)
	if len(f.Issues) > 0 {
		return audit.Wrong("refused_at", "code", f.Issues[0].Code, "field", f.Issues[0].Field)
	}
	return audit.Wrong("refused", "code", f.Code)
}
