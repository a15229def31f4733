package simulation

import (
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/encoding"
)

// The rules from which the invariants come.
const (
	chainRule    = "the events of an entity form a chain with contiguous seq from 1"
	rowsRule     = "state is the fold of events; the rows are projections written in the same transaction"
	onceRule     = "a change is in the trail once per Idempotency-Key, and at most once per attempt without one"
	ackedRule    = "no lost update, ever: an acknowledged write is in the trail"
	firstRule    = "a repeat is answered as the first request was"
	refusalRule  = "a 409, 412 or 422 on a run means that it stands in the trail"
	againRule    = "the same refusal again is not written twice"
	revisionRule = "each accepted command that changes the run adds exactly one to the revision"
	openRule     = "exactly one step is open while a run is not final"
	timeRule     = "an event's time is never before the time of the event before it"
	freshRule    = "no reader gets a state older than a write that was acknowledged before its read began"
	secretRule   = "a sensitive value stands only in its row"
	revealRule   = "a sensitive value is shown only after the trail says so"
	verifyRule   = "verification finds nothing"
	kindRule     = "nobody gets an internal error"
	answerRule   = "every request is answered"
)

// law checks the invariants. It replays the trail and compares the result with everything else.
type law struct {
	w     *world
	seen  int // entries of the feed
	runs  map[string]*runLaw
	known []string // the ids of the runs, in the order of their creation
	procs map[string]*procedureLaw
	acked map[audit.Entity]int64 // highest seq that a client knows of
}

// runLaw is the replayed trail of a run.
type runLaw struct {
	chain   audit.Chain
	replay  *encoding.Replay
	history []run.Run // the state after each event, as it was when the event was written
	facts   []run.Fact
	actors  []string
	first   int64 // seq of the first event of the change that is checked
	erased  int
}

type procedureLaw struct {
	chain audit.Chain
	at    time.Time
}

func newLaw(w *world) *law {
	return &law{w: w, runs: map[string]*runLaw{}, procs: map[string]*procedureLaw{}, acked: map[audit.Entity]int64{}}
}

// check checks what the last effect has written.
func (l *law) check() {
	for ; l.seen < len(l.w.store.feed) && l.w.violation == nil; l.seen++ {
		entry := l.w.store.feed[l.seen]
		if entry.Type == audit.RunEntity {
			l.checkRunChange(entry)
		} else {
			l.checkProcedureChange(entry)
		}
	}
	if r := l.w.store.lastReceipt; r != nil && strings.Contains(r.Reply.Location+r.Fingerprint, secretMark) {
		l.w.violate(secretRule, "the receipt %s holds a sensitive value", r.Key)
	}
	l.w.store.lastReceipt = nil
}

func (l *law) checkRunChange(entry feedEntry) {
	stored := l.w.store.runs[entry.ID]
	r := l.runs[entry.ID]
	if r == nil {
		r = &runLaw{chain: audit.Chain{Entity: entry.Entity}}
		l.runs[entry.ID], l.known = r, append(l.known, entry.ID)
	}
	var before run.Run
	if n := len(r.history); n > 0 {
		before = r.history[n-1]
	}
	if entry.first != before.Seq+1 || int64(len(stored.events)) != entry.last {
		l.w.violate(chainRule, "%s has events %d to %d after %d, and %d in all", entry.Entity, entry.first, entry.last,
			before.Seq, len(stored.events))
		return
	}
	r.first = entry.first
	for i := entry.first - 1; i < entry.last; i++ {
		if !l.follow(r, &stored.events[i]) {
			return
		}
	}
	l.checkChange(entry, r, before)
	l.checkRows(stored, r)
	if stored.erased != r.erased {
		r.erased = stored.erased
		l.replayAgain(stored, r)
	}
}

// follow checks one event and applies it.
func (l *law) follow(r *runLaw, e *audit.Event) bool {
	opened, findings := r.chain.Check(e)
	if len(findings) > 0 {
		l.w.violate(chainRule, "%v", findings)
		return false
	}
	if r.replay == nil {
		v, err := l.version(opened)
		if err != nil {
			l.w.violate(chainRule, "%s: %v", e.ID(), err)
			return false
		}
		r.replay = encoding.NewReplay(v, e.Entity.ID)
	}
	before := r.replay.Run
	fact, err := r.replay.Apply(e, opened)
	if err != nil {
		l.w.violate(chainRule, "%s: %v", e.ID(), err)
		return false
	}
	if e.OccurredAt.Before(before.LastEventAt) {
		l.w.violate(timeRule, "%s is at %s, after %s", e.ID(), e.OccurredAt, before.LastEventAt)
	}
	if strings.Contains(e.Canonical, secretMark) || strings.Contains(e.Disclosures, secretMark) {
		l.w.violate(secretRule, "%s holds a sensitive value", e.ID())
	}
	after := r.replay.Run
	if _, refused := fact.(run.Refused); refused && after.LastRefusal != "" && after.LastRefusal == before.LastRefusal {
		l.w.violate(againRule, "%s is the same refusal as the event before it", e.ID())
	}
	r.history, r.facts = append(r.history, after), append(r.facts, fact)
	r.actors = append(r.actors, e.Actor)
	l.w.counts["event "+e.Action]++
	if e.Seq == r.first {
		l.w.note(e, opened, fact)
	}
	return true
}

// version returns the version that the first event of a run names.
func (l *law) version(created audit.Opened) (*procedure.Version, error) {
	var p struct {
		Procedure string `json:"procedure_id"`
		Version   int    `json:"procedure_version"`
	}
	if err := json.Unmarshal(created.Payload, &p); err != nil {
		return nil, err
	}
	rec, canonical, err := l.w.store.document(p.Procedure, p.Version)
	if err != nil {
		return nil, err
	}
	return compile(rec, canonical, l.w.language)
}

// checkChange checks the events of one change as a whole.
func (l *law) checkChange(entry feedEntry, r *runLaw, before run.Run) {
	after, adds := r.replay.Run, int64(1)
	switch r.facts[entry.first-1].(type) {
	case run.Refused, run.SlotRevealed, run.ContentErased, run.ValueErased:
		adds = 0
	case run.Created, run.Started, run.Opened, run.DraftSaved, run.StepCommitted, run.StepSkipped, run.StepNotApplicable,
		run.Amended, run.RunCompleted, run.RunFailed:
	}
	if after.Revision != before.Revision+adds {
		l.w.violate(revisionRule, "%s goes from revision %d to %d", entry.Entity, before.Revision, after.Revision)
	}
	open := 0
	for i := range after.Steps {
		if after.Steps[i].State == run.Open {
			open++
		}
	}
	if final := after.State.Final(); final && open != 0 || !final && open != 1 {
		l.w.violate(openRule, "%s is %s with %d open steps", entry.Entity, after.State, open)
	}
}

// checkRows compares the rows of a run with what its trail says.
func (l *law) checkRows(stored *storedRun, r *runLaw) {
	if stored.own.Head != r.chain.Head() {
		l.w.violate(rowsRule, "the row of %s has seq %d, its trail %d", short(r.chain.Entity.ID), stored.own.Head.Seq,
			r.chain.Head().Seq)
		return
	}
	if found := projection.Compare(r.replay.Run, stored.own, stored.rows); len(found) > 0 {
		l.w.violate(rowsRule, "%s: %v", short(r.chain.Entity.ID), found)
	}
	own := &stored.own
	if strings.Contains(own.Reference+own.UserID+string(own.Metadata)+own.LastRefusal, secretMark) {
		l.w.violate(secretRule, "the row of %s holds a sensitive value", short(own.ID))
	}
}

// replayAgain replays a trail in which something was erased, and compares the result with the rows.
func (l *law) replayAgain(stored *storedRun, r *runLaw) {
	replay, chain := encoding.NewReplay(r.replay.Run.Version, stored.own.ID), audit.Chain{Entity: r.chain.Entity}
	for i := range stored.events {
		opened, findings := chain.Check(&stored.events[i])
		_, err := replay.Apply(&stored.events[i], opened)
		if len(findings) > 0 || err != nil {
			l.w.violate(chainRule, "after an erasure: %v %v", findings, err)
			return
		}
	}
	if found := projection.Compare(replay.Run, stored.own, stored.rows); len(found) > 0 {
		l.w.violate(rowsRule, "%s after an erasure: %v", short(stored.own.ID), found)
	}
}

func (l *law) checkProcedureChange(entry feedEntry) {
	p := l.procs[entry.ID]
	if p == nil {
		p = &procedureLaw{chain: audit.Chain{Entity: entry.Entity}}
		l.procs[entry.ID] = p
	}
	stored := l.w.store.procedures[entry.ID]
	for i := entry.first - 1; i < entry.last; i++ {
		e := &stored.events[i]
		opened, findings := p.chain.Check(e)
		if len(findings) > 0 {
			l.w.violate(chainRule, "%v", findings)
		}
		if e.OccurredAt.Before(p.at) {
			l.w.violate(timeRule, "%s is at %s, after %s", e.ID(), e.OccurredAt, p.at)
		}
		p.at = e.OccurredAt
		l.w.counts["event "+e.Action]++
		l.w.note(e, opened, nil)
	}
	if stored.record.Head != p.chain.Head() {
		l.w.violate(rowsRule, "the row of %s has seq %d, its trail %d", entry.Entity, stored.record.Head.Seq, entry.last)
	}
}

// checkCached checks a run that is put into a cache.
func (l *law) checkCached(r app.RunRecord) {
	if hasPlainSecret(r) {
		l.w.violate(secretRule, "the cached %s holds a sensitive value", short(r.Run.ID))
	}
}
