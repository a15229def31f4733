package verify

import (
	"fmt"
	"maps"
	"slices"

	"github.com/procedo/procedo/core/audit"
)

// ExportCheck checks the lines of an export or of a sink: the sequence, hashes and copied members of every entity's
// events, and the leaves and signatures of checkpoints. Lines of different entities may alternate, and events may be
// repeated, because sinks receive them at least once. Lines contain neither definitions nor rows, so events are not
// replayed.
type ExportCheck struct {
	Counts Counts // what has been checked so far

	report      func(audit.Finding)
	entities    map[audit.Entity]*exportedEntity
	checkpoints *checkpointChain
	trees       map[int64]map[int64]audit.Leaf // leaves by checkpoint and index
	notes       map[int64]string
	window      feedWindow
	hasLeaves   bool // a line had a leaf
}

// exportedEntity holds what the lines so far contain of an entity.
type exportedEntity struct {
	chain   audit.Chain
	leaves  []audit.StoredLeaf // those whose events have not been read yet
	repeats map[int64]link     // repeated events that are not yet linked to the head, by seq
}

// link holds the hashes of a repeated event.
type link struct{ prev, hash string }

// NewExportCheck returns a check of lines. Report is called for each finding.
func NewExportCheck(t Trust, report func(audit.Finding)) *ExportCheck {
	return &ExportCheck{
		report: report, entities: map[audit.Entity]*exportedEntity{}, checkpoints: newCheckpointChain(t, report),
		trees: map[int64]map[int64]audit.Leaf{}, notes: map[int64]string{}, window: feedWindow{limit: maxWindow},
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

// Line checks the next line. Flaws are the flaws of its event by itself, as audit.Checker returns them.
func (c *ExportCheck) Line(l audit.Line, flaws []string) {
	switch {
	case l.Event != nil:
		c.event(l.Event, flaws)
	case l.Leaf != nil:
		c.leaf(*l.Leaf)
	case l.Note != nil:
		c.note(*l.Note)
	}
}

func (c *ExportCheck) event(e *audit.Event, flaws []string) {
	x := c.entity(e.Entity)
	c.Counts.Events++
	if e.Seq <= x.chain.Head().Seq {
		c.repeat(x, e, flaws)
		return
	}
	for _, f := range x.chain.Link(e, flaws) {
		c.report(f)
	}
	for len(x.leaves) > 0 && x.leaves[0].Seq <= e.Seq {
		if l := x.leaves[0]; l.Head != e.Head() {
			c.addFinding(x, l.Seq, notCovered(l.Number))
		}
		x.leaves = x.leaves[1:]
	}
	if !c.hasLeaves {
		c.window.add(windowEntry{entity: x, seq: e.Seq, hash: e.Hash})
	}
}

// The problems of repeated lines.
const (
	differsFromFirst = "it differs from an earlier line with the same number"
	doesNotFollow    = "the repeated event does not follow the event before it"
)

// repeat checks a repeated event. It is the same event as before if a chain of repeated events links it to the known
// head.
func (c *ExportCheck) repeat(x *exportedEntity, e *audit.Event, flaws []string) {
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

// leaf compares a leaf, the head of an entity that a checkpoint covers, with the entity's events.
func (c *ExportCheck) leaf(l audit.StoredLeaf) {
	c.hasLeaves = true
	x := c.entity(l.Entity)
	if x.chain.Head().Seq >= l.Seq && x.chain.Head() != l.Head {
		c.addFinding(x, l.Seq, notCovered(l.Number))
	} else if x.chain.Head() != l.Head {
		x.leaves = append(x.leaves, l)
	}
	if _, repeated := c.notes[l.Number]; repeated { // the checkpoint is repeated
		return
	}
	if c.trees[l.Number] == nil {
		c.trees[l.Number] = map[int64]audit.Leaf{}
	}
	c.trees[l.Number][l.Index] = l.Leaf
}

// note checks a checkpoint. A repeated checkpoint must be the same.
func (c *ExportCheck) note(n audit.StoredNote) {
	if was, repeated := c.notes[n.Number]; repeated {
		if was != n.Note {
			c.checkpoints.addFindingf(n.Number, differsFromFirst)
		}
		return
	}
	c.notes[n.Number] = n.Note
	opened, ok := c.checkpoints.add(n, c.rootOfLeaves(n.Number))
	if ok && !c.hasLeaves {
		c.compareWindow(n.Number, opened)
	}
	c.window.add(windowEntry{seq: n.Number})
	c.Counts.Checkpoints++
}

// compareWindow compares a checkpoint with the events before it.
func (c *ExportCheck) compareWindow(number int64, opened audit.Checkpoint) {
	root, complete := c.window.root(opened.Until)
	switch {
	case c.window.lost || c.window.partial:
		c.report(audit.Finding{
			Entity: audit.CheckpointNumbered(number), Warning: true,
			Problem: fmt.Sprintf(
				"it was not compared with the events before it, because there are more than %d events", c.window.limit,
			),
		})
		// Unless the end of this checkpoint is in the window, the next one may cover forgotten lines too.
		c.window.partial, c.window.lost = c.window.lost || !complete, false
	case !complete:
		c.checkpoints.addFindingf(number, "the events that it covers are missing")
	case root != opened.Root:
		c.checkpoints.addFindingf(number, "the events before it do not match the root that was signed")
	}
}

// rootOfLeaves returns the root over the leaves among the lines; empty where there are none.
func (c *ExportCheck) rootOfLeaves(number int64) string {
	if !c.hasLeaves {
		return ""
	}
	leaves, tree := c.trees[number], audit.NewTree(nil)
	for i := range int64(len(leaves)) {
		tree.Add(leaves[i])
	}
	delete(c.trees, number)
	return tree.Root()
}

// End reports what is missing once the last line has been checked.
func (c *ExportCheck) End() {
	for _, e := range slices.SortedFunc(maps.Keys(c.entities), audit.Entity.Compare) {
		x := c.entities[e]
		for _, l := range x.leaves {
			c.addFinding(x, l.Seq, missing(l.Number))
		}
		for _, seq := range slices.Sorted(maps.Keys(x.repeats)) {
			c.addFinding(x, seq, fmt.Sprintf("the repeated events do not lead to event %d", x.chain.Head().Seq))
		}
	}
	for _, number := range slices.Sorted(maps.Keys(c.trees)) {
		c.report(audit.Finding{Entity: audit.CheckpointNumbered(number), Problem: "it has leaves but no note"})
	}
	c.checkpoints.end()
}

func (c *ExportCheck) addFinding(x *exportedEntity, seq int64, problem string) {
	c.report(audit.Finding{Entity: x.chain.Entity, Seq: seq, Problem: problem})
}
