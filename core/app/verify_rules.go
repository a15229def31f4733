package app

import (
	"bytes"
	"fmt"
	"reflect"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/slot"
)

// rulesChanged begins the problem of every finding of the rules.
const rulesChanged = "rules_changed: "

// rules asks today's rules about each accepted command of a run. Refusals are not asked again: their input is kept as text, cut and
// sealed. Nor is a command whose sensitive value is no longer known.
type rules struct {
	version *procedure.Version
	plain   []PlainValue
	warn    func(seq int64, problem string)

	before  run.Run     // as the command found it
	pending []run.Event // recorded before the event that tells the command: run.started
	due     []run.Event // decided and not recorded yet
}

func newRules(v *procedure.Version, plain []PlainValue, warn func(int64, string)) *rules {
	return &rules{version: v, plain: plain, warn: warn}
}

// next takes a recorded event and the run before it.
func (r *rules) next(before run.Run, e *audit.Event, fact run.Fact) {
	recorded := run.Event{Stamp: run.Stamp{Actor: e.Actor, At: e.OccurredAt}, Fact: fact}
	if _, refusal := fact.(run.Refused); refusal {
		return
	}
	if len(r.due) > 0 {
		due := r.due[0]
		if r.due = r.due[1:]; !r.same(due.Fact, fact) {
			r.differf(e.Seq, "%s would follow, not %s", due.Fact.Action(), e.Action)
			r.due = nil
		}
		return
	}
	if len(r.pending) == 0 {
		r.before = before
	}
	r.pending = append(r.pending, recorded)
	if _, started := fact.(run.Started); started {
		return
	}
	r.decide(e.Seq, recorded)
	r.pending = nil
}

// end says what today's rules would have made of the last command beyond what was recorded.
func (r *rules) end(seq int64) {
	if len(r.due) > 0 {
		r.differf(seq, "%s would follow", r.due[0].Fact.Action())
	}
}

func (r *rules) decide(seq int64, recorded run.Event) {
	events, asked, err := r.ask(recorded)
	switch {
	case !asked:
		return
	case err != nil:
		r.differf(seq, "%s would be refused: %s", recorded.Fact.Action(), refusalText(err))
		return
	case len(events) < len(r.pending):
		r.differf(seq, "%s would change nothing", recorded.Fact.Action())
		return
	}
	for i, p := range r.pending {
		if !r.same(events[i].Fact, p.Fact) {
			r.differf(seq, "%s would say something else, or %s would stand there", p.Fact.Action(), events[i].Fact.Action())
			return
		}
	}
	r.due = events[len(r.pending):]
}

// ask decides the command again that an event records; asked is false where that cannot be.
func (r *rules) ask(recorded run.Event) (events []run.Event, asked bool, err error) {
	if c, created := recorded.Fact.(run.Created); created {
		events, err = run.Start(run.StartParams{ID: c.RunID, Version: r.version, UserID: c.UserID, Reference: c.Reference, Metadata: c.Metadata}, recorded.Stamp)
		return events, true, err
	}
	command, ok := run.CommandOf(r.before, recorded.Fact, r.plainOf)
	if !ok {
		return nil, false, nil
	}
	d, err := run.Decide(r.before, command, recorded.Stamp)
	return d.Events, true, err
}

// plainOf is the plain value behind a seal; absent where it is not known any more.
func (r *rules) plainOf(sealed slot.Value) slot.Value {
	for _, p := range r.plain {
		if sealed.Equal(p.Value) {
			return p.Value
		}
	}
	return slot.Value{}
}

func (r *rules) same(a, b run.Fact) bool {
	if a.Action() != b.Action() {
		return false
	}
	if reflect.DeepEqual(a, b) { // which they nearly always are; else they may still say the same
		return true
	}
	x, errX := run.MarshalFact(r.version, a)
	y, errY := run.MarshalFact(r.version, b)
	left, right := jsontext.Value(x), jsontext.Value(y)
	return errX == nil && errY == nil && left.Canonicalize() == nil && right.Canonicalize() == nil && bytes.Equal(left, right)
}

func (r *rules) differf(seq int64, format string, args ...any) {
	r.warn(seq, rulesChanged+fmt.Sprintf(format, args...))
}

func refusalText(err error) string {
	f := fault.From(err)
	if len(f.Issues) > 0 {
		return fmt.Sprintf("%s at %s", f.Issues[0].Code, f.Issues[0].Field)
	}
	return f.Code
}
