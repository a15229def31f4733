package app

import (
	"fmt"
	"maps"
	"slices"

	"github.com/procedo/procedo/core/audit"
)

// ExportCheck checks an export or what a sink was given, as it comes: sequence, hashes and copies of every entity, the leaves and
// signatures of checkpoints. Entities may alternate, and events come again, as sinks are given them at least once. Definitions and
// rows are not in it, so that what the events mean is not checked.
type ExportCheck struct {
	Verified Verified

	report      func(audit.Finding)
	entities    map[audit.Entity]*exported
	checkpoints *CheckpointChain
	trees       map[int64]map[int64]audit.Leaf // leaves by checkpoint and place
	notes       map[int64]string
	window      feedWindow
	hasLeaves   bool // leaves are among the lines
}

// exported is what has been seen of an entity.
type exported struct {
	chain   audit.Chain
	leaves  []StoredLeaf   // whose events have not come yet
	repeats map[int64]link // events that came again and have not led back to the head yet, by seq
}

// link is what must fit of an event that came again.
type link struct{ prev, hash string }

// NewExportCheck begins before the first line.
func NewExportCheck(t Trust, report func(audit.Finding)) *ExportCheck {
	return &ExportCheck{report: report, entities: map[audit.Entity]*exported{}, checkpoints: NewCheckpointChain(t, report), trees: map[int64]map[int64]audit.Leaf{}, notes: map[int64]string{}, window: feedWindow{most: longestLog}}
}

func (c *ExportCheck) of(e audit.Entity) *exported {
	x, known := c.entities[e]
	if !known {
		x = &exported{chain: audit.Chain{Entity: e}}
		c.entities[e] = x
		if e.Type == audit.RunEntity {
			c.Verified.Runs++
		} else {
			c.Verified.Procedures++
		}
	}
	return x
}

// Line checks one more line. Flaws are those of its event, which whoever read the line has found already.
func (c *ExportCheck) Line(l Line, flaws []string) {
	switch {
	case l.Event != nil:
		c.event(l.Event, flaws)
	case l.Leaf != nil:
		c.leaf(*l.Leaf)
	default:
		c.note(*l.Note)
	}
}

func (c *ExportCheck) event(e *audit.Event, flaws []string) {
	x := c.of(e.Entity)
	c.Verified.Events++
	if e.Seq <= x.chain.Head().Seq {
		c.repeat(x, e, flaws)
		return
	}
	for _, f := range x.chain.Link(e, flaws) {
		c.report(f)
	}
	for len(x.leaves) > 0 && x.leaves[0].Seq <= e.Seq {
		if l := x.leaves[0]; l.Head != e.Head() {
			c.findf(x, l.Seq, "it is not the event that checkpoint %d covers", l.Number)
		}
		x.leaves = x.leaves[1:]
	}
	if !c.hasLeaves {
		c.window.add(windowEntry{of: x, seq: e.Seq, hash: e.Hash})
	}
}

// repeated checks an event that came before. It is the same one if it leads, link by link, to the head that is known.
func (c *ExportCheck) repeat(x *exported, e *audit.Event, flaws []string) {
	for _, flaw := range flaws {
		c.findf(x, e.Seq, "%s", flaw)
	}
	now := link{prev: e.PrevHash, hash: e.Hash}
	if was, known := x.repeats[e.Seq]; known && was != now {
		c.findf(x, e.Seq, "it comes again and differs")
	}
	before, known := x.repeats[e.Seq-1]
	after, followed := x.repeats[e.Seq+1]
	if known && before.hash != now.prev || followed && after.prev != now.hash {
		c.findf(x, e.Seq, "it comes again and does not follow")
	}
	if e.Seq < x.chain.Head().Seq {
		if x.repeats == nil {
			x.repeats = map[int64]link{}
		}
		x.repeats[e.Seq] = now
		return
	}
	if e.Hash != x.chain.Head().Hash {
		c.findf(x, e.Seq, "it comes again and differs")
	}
	for seq := e.Seq - 1; x.repeats != nil; seq-- {
		if _, linked := x.repeats[seq]; !linked {
			break
		}
		delete(x.repeats, seq)
	}
}

// leaf takes what a checkpoint says of an entity.
func (c *ExportCheck) leaf(l StoredLeaf) {
	c.hasLeaves = true
	x := c.of(l.Entity)
	if x.chain.Head().Seq >= l.Seq && x.chain.Head() != l.Head {
		c.findf(x, l.Seq, "it is not the event that checkpoint %d covers", l.Number)
	} else if x.chain.Head() != l.Head {
		x.leaves = append(x.leaves, l)
	}
	if _, taken := c.notes[l.Number]; taken { // the same lines again
		return
	}
	if c.trees[l.Number] == nil {
		c.trees[l.Number] = map[int64]audit.Leaf{}
	}
	c.trees[l.Number][l.Index] = l.Leaf
}

// note takes a checkpoint. One that comes again must be the same.
func (c *ExportCheck) note(n StoredNote) {
	if was, again := c.notes[n.Number]; again {
		if was != n.Note {
			c.checkpoints.findf(n.Number, "it comes again and differs")
		}
		return
	}
	c.notes[n.Number] = n.Note
	opened, ok := c.checkpoints.Next(n, c.rootOfLeaves(n.Number))
	if ok && !c.hasLeaves {
		c.covers(n.Number, opened)
	}
	c.window.add(windowEntry{seq: n.Number})
	c.Verified.Checkpoints++
}

// covers holds a checkpoint against the heads that went by.
func (c *ExportCheck) covers(number int64, opened audit.Checkpoint) {
	root, whole := c.window.root(opened.Until)
	switch {
	case c.window.lost || c.window.partial: // also where several come at once, which end before what is still known
		c.report(audit.Finding{
			Entity: audit.CheckpointNumbered(number), Warning: true,
			Problem: fmt.Sprintf("what it covers was not compared: more than %d events went by", c.window.most),
		})
		c.window.partial, c.window.lost = c.window.lost || !whole, false
	case !whole:
		c.checkpoints.findf(number, "what it covers is not here")
	case root != opened.Root:
		c.checkpoints.findf(number, "what went before it is not what was signed")
	}
}

// rootOfLeaves is the root over the leaves that stand among the lines; empty where there are none.
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

// End says what is missing.
func (c *ExportCheck) End() {
	sorted := slices.SortedFunc(maps.Keys(c.entities), audit.Entity.Compare)
	for _, e := range sorted {
		x := c.entities[e]
		for _, l := range x.leaves {
			c.findf(x, l.Seq, "it is not there, and checkpoint %d covers it", l.Number)
		}
		for _, seq := range slices.Sorted(maps.Keys(x.repeats)) {
			c.findf(x, seq, "it comes again and does not lead to event %d", x.chain.Head().Seq)
		}
	}
	for _, number := range slices.Sorted(maps.Keys(c.trees)) {
		c.report(audit.Finding{Entity: audit.CheckpointNumbered(number), Problem: "it has leaves and is not there"})
	}
	c.checkpoints.End()
}

func (c *ExportCheck) findf(x *exported, seq int64, format string, args ...any) {
	c.report(audit.Finding{Entity: x.chain.Entity, Seq: seq, Problem: fmt.Sprintf(format, args...)})
}
