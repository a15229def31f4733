package verify

import (
	"maps"
	"slices"
	"strings"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// ExportCheck checks the lines of an export, or of the output of an audit sink: the hash chain of every entity, and the
// leaves and signatures of checkpoints. Lines of different entities may alternate. Events and checkpoints may be
// repeated, because a sink may receive them more than once. Events are not replayed, because lines contain no
// definitions.
type ExportCheck struct {
	Counts Counts // what has been checked so far

	report      func(audit.Finding)
	entities    map[audit.Entity]*exportedEntity
	checkpoints *checkpointChain
	trees       map[int64]map[int64]audit.Leaf // leaves by checkpoint and index
	notes       map[int64]signedText
	window      feedWindow
	hasLeaves   bool // true once a leaf was read; only exports have leaves
	times       CheckpointTimes
}

// exportedEntity is the state of the check of one entity.
type exportedEntity struct {
	chain       audit.Chain
	leaves      []audit.StoredLeaf // leaves whose events have not been read yet
	unsigned    int                // events that were read after the last one that a leaf names
	disclosures disclosureCheck
	times       timeCheck
	repeats     map[int64]link // by seq: repeated events that do not form a chain up to the head yet
}

// link holds the hashes of a repeated event.
type link struct{ prev, hash string }

// NewExportCheck returns a check of lines. The check calls report for each finding.
func NewExportCheck(t Trust, report func(audit.Finding)) *ExportCheck {
	return &ExportCheck{
		report: report, entities: map[audit.Entity]*exportedEntity{}, checkpoints: newCheckpointChain(t, report),
		trees: map[int64]map[int64]audit.Leaf{}, notes: map[int64]signedText{},
		times: CheckpointTimes{times: map[int64]checkpointTime{}}, window: feedWindow{limit: maxWindow},
	}
}

func (c *ExportCheck) entity(e audit.Entity) *exportedEntity {
	x, known := c.entities[e]
	if !known {
		x = &exportedEntity{chain: audit.Chain{Entity: e}}
		c.entities[e] = x
		if e.Type == audit.RunEntity {
			c.Counts.Runs++
		} else {
			c.Counts.Procedures++
		}
	}
	return x
}

// Line checks the next line. For an event, checked is the result of audit.Checker.
func (c *ExportCheck) Line(l audit.Line, checked audit.Checked) {
	switch {
	case l.Event != nil:
		c.event(l.Event, checked)
	case l.Leaf != nil:
		c.leaf(*l.Leaf)
	case l.Note != nil:
		c.note(*l.Note)
	}
}

func (c *ExportCheck) event(e *audit.Event, checked audit.Checked) {
	x := c.entity(e.Entity)
	c.Counts.Events++
	if e.Seq <= x.chain.Head().Seq {
		c.repeat(x, e, checked.Flaws)
		x.disclosures.repeat(e, checked, func(seq int64, problem audit.Problem) { c.addFinding(x, seq, problem) })
		return
	}
	for _, f := range x.chain.Link(e, checked.Flaws) {
		c.report(f)
	}
	if !isKnown(e) {
		c.addFinding(x, e.Seq, audit.Wrong("unknown_event"))
	}
	last := c.checkpoints.last
	x.times.next(e, checked.Version, checkpointTime{last.Time, last.InLog()}, c.report)
	if c.checkpoints.count == 0 { // in an export, the checkpoints come after all events
		x.times.wait(e, checked.Version, x.followed())
	}
	x.unsigned++
	for len(x.leaves) > 0 && x.leaves[0].Seq <= e.Seq {
		if l := x.leaves[0]; l.Head != e.Head() {
			c.addFinding(x, l.Seq, notCovered(l.Number))
		} else {
			x.unsigned = 0
		}
		x.leaves = x.leaves[1:]
	}
	if !c.hasLeaves {
		c.window.add(windowEntry{entity: x, seq: e.Seq, hash: e.Hash})
	}
	x.disclosures.next(e, checked, func(seq int64, problem audit.Problem) { c.addFinding(x, seq, problem) })
}

// followed returns the number of the last checkpoint that was made before the next event, as the leaves say: latest if
// no leaf covers the event, 0 if the first checkpoint does.
func (x *exportedEntity) followed() int64 {
	if len(x.leaves) == 0 {
		return latest
	}
	return x.leaves[0].Number - 1
}

// isKnown reports whether the entity type and the action of an event are ones that the service records.
func isKnown(e *audit.Event) bool {
	switch e.Entity.Type {
	case audit.RunEntity:
		return slices.Contains(run.Actions, run.Action(e.Action))
	case audit.ProcedureEntity:
		return slices.Contains(procedure.Actions, procedure.Action(e.Action))
	}
	return false
}

// The problems of repeated lines.
var (
	differsFromFirst = audit.Wrong("differs_from_first")
	doesNotFollow    = audit.Wrong("does_not_follow")
)

// repeat checks an event whose sequence number was read before. Only the hash of the last event is still known.
// Therefore the repeated events must form a chain that ends with that hash.
func (c *ExportCheck) repeat(x *exportedEntity, e *audit.Event, flaws []audit.Problem) {
	for _, flaw := range flaws {
		c.addFinding(x, e.Seq, flaw)
	}
	now := link{prev: e.PrevHash, hash: e.Hash}
	if was, known := x.repeats[e.Seq]; known && was != now {
		c.addFinding(x, e.Seq, differsFromFirst)
	}
	before, known := x.repeats[e.Seq-1]
	after, followed := x.repeats[e.Seq+1]
	if known && before.hash != now.prev || followed && after.prev != now.hash {
		c.addFinding(x, e.Seq, doesNotFollow)
	}
	if e.Seq < x.chain.Head().Seq {
		if x.repeats == nil {
			x.repeats = map[int64]link{}
		}
		x.repeats[e.Seq] = now
		return
	}
	if e.Hash != x.chain.Head().Hash {
		c.addFinding(x, e.Seq, differsFromFirst)
	}
	for seq := e.Seq - 1; x.repeats != nil; seq-- {
		if _, linked := x.repeats[seq]; !linked {
			break
		}
		delete(x.repeats, seq)
	}
}

// leaf compares a leaf of a checkpoint with the events of its entity, which may come later in the export. It ignores
// repeated leaves: a leaf that was read before, and any leaf of a checkpoint that was read before.
func (c *ExportCheck) leaf(l audit.StoredLeaf) {
	c.hasLeaves = true
	_, noted := c.notes[l.Number]
	if first, known := c.trees[l.Number][l.Index]; noted || known {
		if !noted && first != l.Leaf {
			c.checkpoints.addFinding(l.Number, audit.Wrong("leaf_twice", "offset", l.Index))
		}
		return
	}
	x := c.entity(l.Entity)
	if x.chain.Head().Seq >= l.Seq && x.chain.Head() != l.Head {
		c.addFinding(x, l.Seq, notCovered(l.Number))
	} else if x.chain.Head() != l.Head {
		x.leaves = append(x.leaves, l)
	} else {
		x.unsigned = 0
	}
	if c.trees[l.Number] == nil {
		c.trees[l.Number] = map[int64]audit.Leaf{}
	}
	c.trees[l.Number][l.Index] = l.Leaf
}

// signedText is what a checkpoint signs, without the signatures: those of witnesses may be added later.
type signedText struct{ text, header string }

// note checks a checkpoint. A repeated checkpoint must equal the first one.
func (c *ExportCheck) note(n audit.StoredNote) {
	text, _, _ := strings.Cut(n.Note, "\n\n")
	signed := signedText{text, n.Header}
	was, repeated := c.notes[n.Number]
	if repeated {
		if was != signed {
			c.checkpoints.addFinding(n.Number, differsFromFirst)
		} else if _, err := n.Open(); err != nil {
			c.checkpoints.addFinding(n.Number, audit.ProblemOf(err, "cause"))
		} else {
			c.checkpoints.cosignatures(n)
		}
		return
	}
	c.notes[n.Number] = signed
	c.Counts.Checkpoints++
	opened, ok := c.checkpoints.open(n)
	if ok {
		c.times.times[n.Number], c.times.last = checkpointTime{opened.Time, opened.InLog()}, n.Number
	}
	switch {
	case !ok:
	case c.hasLeaves:
		if c.checkpoints.add(n, opened, c.leavesOf(n.Number)).differs {
			c.checkpoints.addFinding(n.Number, audit.Wrong("leaves_differ"))
		}
	default:
		c.compareWindow(n, opened)
	}
	c.window.add(windowEntry{seq: n.Number})
}

// compareWindow compares a checkpoint with the events of the lines before it.
func (c *ExportCheck) compareWindow(n audit.StoredNote, opened audit.Checkpoint) {
	leaves, complete := c.window.leaves(opened.Until)
	forgotten := c.window.lost || c.window.partial
	if forgotten || !complete {
		leaves = nil
	}
	compared := c.checkpoints.add(n, opened, leaves)
	switch {
	case forgotten:
		c.report(audit.Finding{
			Entity: audit.CheckpointNumbered(n.Number), Warning: true,
			Problem: audit.Wrong("not_compared", "limit", c.window.limit),
		})
		// If the last line that this checkpoint covers was forgotten, the next checkpoint may cover forgotten lines
		// too.
		c.window.partial, c.window.lost = c.window.lost || !complete, false
	case !complete:
		c.checkpoints.addFinding(n.Number, audit.Wrong("covered_missing"))
	case compared.differs:
		c.checkpoints.addFinding(n.Number, audit.Wrong("events_differ"))
	}
}

// leavesOf returns the leaves of a checkpoint that were read, up to the first one that is missing.
func (c *ExportCheck) leavesOf(number int64) []audit.Leaf {
	read := c.trees[number]
	leaves := make([]audit.Leaf, 0, len(read))
	for i := range int64(len(read)) {
		leaves = append(leaves, read[i])
	}
	delete(c.trees, number)
	return leaves
}

// End reports what is missing once the last line has been checked.
func (c *ExportCheck) End() {
	for _, e := range slices.SortedFunc(maps.Keys(c.entities), audit.Entity.Compare) {
		x := c.entities[e]
		for _, l := range x.leaves {
			c.addFinding(x, l.Seq, missing(l.Number))
		}
		c.endDisclosures(x)
		if c.hasLeaves {
			x.times.settle(e, c.times, c.report)
		}
		for _, seq := range slices.Sorted(maps.Keys(x.repeats)) {
			c.addFinding(x, seq, audit.Wrong("repeats_lead_nowhere", "seq", x.chain.Head().Seq))
		}
	}
	for _, number := range slices.Sorted(maps.Keys(c.trees)) {
		c.report(audit.Finding{Entity: audit.CheckpointNumbered(number), Problem: audit.Wrong("no_note")})
	}
	c.Counts.Cosigned = c.checkpoints.end()
	c.Counts.Unsigned, c.Counts.Invalid = c.unsigned(), c.checkpoints.invalid
}

// unsigned returns the number of events that no checkpoint covers. Without leaves, these are the events after the last
// checkpoint whose signed root their heads match.
func (c *ExportCheck) unsigned() (n int) {
	if !c.hasLeaves {
		return c.window.unsigned
	}
	for _, x := range c.entities {
		n += x.unsigned
	}
	return n
}

func (c *ExportCheck) addFinding(x *exportedEntity, seq int64, problem audit.Problem) {
	c.report(audit.Finding{Entity: x.chain.Entity, Seq: seq, Problem: problem})
}

// endDisclosures compares the disclosures of an entity with its erasures. In the output of a sink, a value that was
// erased later is only a warning, because a sink keeps the events that it received.
func (c *ExportCheck) endDisclosures(x *exportedEntity) {
	fromSink := !c.hasLeaves && len(c.notes) > 0
	missing, erased := x.disclosures.end(func(seq int64, problem audit.Problem) {
		c.report(audit.Finding{Entity: x.chain.Entity, Seq: seq, Problem: problem, Warning: fromSink})
	})
	reportMissing(missing, func(seq int64, problem audit.Problem) { c.addFinding(x, seq, problem) })
	c.Counts.Erased += erased
}
