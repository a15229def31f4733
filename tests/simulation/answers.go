package simulation

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
)

// note assigns a change in the trail to its request, by the first event of the change.
func (w *world) note(e *audit.Event, opened audit.Opened, fact run.Fact) {
	var p struct {
		RequestID string `json:"request_id"`
	}
	_ = json.Unmarshal(opened.Payload, &p)
	r := w.requests[p.RequestID]
	if r == nil {
		w.violate(chainRule, "%s names no request", e.ID())
		return
	}
	if _, refused := fact.(run.Refused); refused {
		if r.refusals++; r.refusals > r.attempts {
			w.violate(refusalRule, "%d attempts of %s have %d refusals in the trail", r.attempts, r.id, r.refusals)
		}
		if r.keyed && len(r.changes) > 0 {
			w.violate(firstRule, "%s: %s is refused after it had taken effect at seq %d", e.ID(), r.id, r.changes[0].Seq)
		}
		return
	}
	last := e.Seq
	if e.Entity.Type == audit.RunEntity {
		last = w.store.feed[w.law.seen].last
	}
	if len(r.changes) == 0 {
		r.changed = w.step
	}
	r.changes = append(r.changes, audit.Cursor{Entity: e.Entity, Seq: last})
	_, reveals := fact.(run.SlotRevealed) // of which there is one for each value that was read
	if n := len(r.changes); r.keyed && n > 1 || n > r.attempts && !reveals {
		w.violate(onceRule, "%s is in the trail %d times, at %v, after %d attempts", r.id, n, r.changes, r.attempts)
	}
}

// answered checks an answer and says whether the request is sent again.
func (w *world) answered(r *request, a attempt, got answer) (outcome string, again bool) {
	outcome = told(got.err)
	f := fault.From(got.err)
	unknown := got.err != nil && (f.Kind == fault.Unavailable || strings.HasPrefix(f.Code, "idempotency.in_progress"))
	switch {
	case w.violation != nil:
		return "", false
	case unknown:
	case got.err != nil && f.Kind == fault.Internal:
		w.violate(kindRule, "%s is answered %v: %v", r.id, got.err, errors.Unwrap(f))
	case got.err != nil:
		w.checkRefusal(r, a, f)
	default:
		outcome = fmt.Sprintf("%s, seq %d", outcome, got.seq)
		w.checkSuccess(r, a, got)
		if !w.calm && happens(w.rng, w.weather.lost) {
			unknown, outcome = true, outcome+", "+w.count("the answer is lost")
		} else {
			w.law.acked[got.entity] = max(w.law.acked[got.entity], got.seq)
		}
	}
	if got.replayed {
		outcome += ", " + w.count("replayed")
	}
	return outcome, unknown && r.keyed && r.attempts < r.limit && w.violation == nil
}

// checkRefusal checks that the refusal of a command on a run stands in the trail, or equals what then was the last
// event.
func (w *world) checkRefusal(r *request, a attempt, f *fault.Error) {
	w.counts["answered "+f.Code]++
	ownChange := r.command == nil && len(r.changes) > 0 && a.actor.read > r.changed // may be why it is refused
	if r.keyed && (a.repeat || ownChange) {
		w.violate(firstRule, "%s had taken effect, and its repeat is refused: %s", r.id, f.Code)
		return
	}
	isRefusal := run.IsRefusal(f) && !strings.HasPrefix(f.Code, "idempotency.")
	if r.command == nil || !isRefusal || f.Code == "slot.no_value" && len(r.changes) > 0 {
		return
	}
	known := w.law.runs[r.entity.ID]
	for i := max(a.head-1, 0); known != nil && i < int64(len(known.facts)); i++ {
		refused, ok := known.facts[i].(run.Refused)
		same := refused.Code == f.Code && refused.Command == nameOf(r.command) && known.actors[i] == r.by.ID
		if ok && same {
			return
		}
	}
	w.violate(refusalRule, "%s is answered %s, which does not stand in the trail", r.id, f.Code)
}

// checkSuccess checks an answer that shows an entity.
func (w *world) checkSuccess(r *request, a attempt, got answer) {
	w.counts["success"]++
	if got.write {
		w.checkWritten(r, got)
	}
	if got.seq < a.acked && !got.replayed && !got.past && got.entity == r.entity {
		w.violate(freshRule, "%s is answered with seq %d of %s, but %d was acknowledged before it was sent",
			r.id, got.seq, short(got.entity.ID), a.acked)
	}
	if got.run == nil {
		return
	}
	history := w.law.historyOf(got.entity.ID)
	if got.seq < 1 || got.seq > int64(len(history)) {
		w.violate(ackedRule, "%s is answered with seq %d of %s, whose trail has %d", r.id, got.seq,
			short(got.entity.ID), len(history))
		return
	}
	// A past state is shown without what was erased since, even if that happened while it was read.
	if got.past && w.store.runs[got.entity.ID].erased > 0 {
		return // what was erased since is left out
	}
	if found := projection.Differences(history[got.seq-1], *got.run); len(found) > 0 {
		w.violate(ackedRule, "%s is answered with another %s than the trail has at seq %d: %v", r.id,
			short(got.entity.ID), got.seq, found)
	}
}

// checkWritten checks that a successful request shows what it has written, and a repeat what the first answer showed.
func (w *world) checkWritten(r *request, got answer) {
	if v := got.revealed; v != nil {
		w.checkRevealed(r, v)
		return
	}
	switch {
	case len(r.changes) > 0 && r.keyed:
		if first := r.changes[0]; first.Entity != got.entity || first.Seq != got.seq {
			w.violate(firstRule, "%s took effect at seq %d, and is answered with %d", r.id, first.Seq, got.seq)
		}
	case len(r.changes) > 0:
		if !slices.ContainsFunc(r.changes, func(c audit.Cursor) bool { return c.Seq == got.seq }) {
			w.violate(ackedRule, "%s is answered with seq %d, but wrote %v", r.id, got.seq, r.changes)
		}
	case r.answered > 0 && r.keyed && r.answered != got.seq:
		w.violate(firstRule, "%s was answered with seq %d, and its repeat with %d", r.id, r.answered, got.seq)
	}
	r.answered = got.seq
}

// checkRevealed checks that the revealed value is the one whose digest stands in the trail.
func (w *world) checkRevealed(r *request, v *app.Revealed) {
	history := w.law.historyOf(r.entity.ID)
	if len(r.changes) == 0 || v.Seq > int64(len(history)) {
		w.violate(revealRule, "%s reveals a value, and the trail does not say so", r.id)
		return
	}
	shown := history[v.Seq-1].Steps[v.Step].FindVisit(v.Visit)
	if shown == nil || !v.Value.SealedWith(v.Salt).Equal(shown.Slots[v.Slot].Value) {
		w.violate(revealRule, "%s is shown another value than the trail has at seq %d", r.id, v.Seq)
	}
}

// nameOf returns the name of a command, as refusals have it.
func nameOf(c run.Command) string {
	return strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%T", c), "run."))
}

// historyOf returns the states of a run after each of its events.
func (l *law) historyOf(id string) []run.Run {
	if r := l.runs[id]; r != nil {
		return r.history
	}
	return nil
}
