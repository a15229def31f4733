package verify

import (
	"context"

	"github.com/procedo/procedo/core/audit"
)

// checkpointChain compares checkpoints with each other, with the kept checkpoints and with the trusted keys. It
// computes the log from their leaves. Checkpoints must be added oldest first.
type checkpointChain struct {
	trust   Trust
	report  func(audit.Finding)
	last    audit.Checkpoint
	count   int
	invalid int  // of the count
	broken  bool // the previous note could not be opened
	kept    Kept // those that have not been found yet

	log  *audit.Log // computed from the leaves
	lost bool       // the log could not be computed, or differs from what was signed

	cosigned Cosigned // without Later
}

func newCheckpointChain(t Trust, report func(audit.Finding)) *checkpointChain {
	return &checkpointChain{trust: t, report: report, kept: t.Kept.clone(), log: audit.NewLog(0, nil)}
}

func (c *checkpointChain) addFinding(number int64, problem audit.Problem) {
	c.report(audit.Finding{Entity: audit.CheckpointNumbered(number), Problem: problem})
}

// open opens a stored note, or reports that it cannot be opened.
func (c *checkpointChain) open(n audit.StoredNote) (audit.Checkpoint, bool) {
	opened, err := n.Open()
	if err != nil {
		c.count++
		c.invalid++
		c.addFinding(n.Number, audit.ProblemOf(err, "cause"))
		c.broken, c.lost = true, true
		return opened, false
	}
	return opened, true
}

// compared is the result of the comparison of a checkpoint with its leaves.
type compared struct {
	nodes   []audit.Hash // the nodes that the checkpoint adds to the log; none if the log is lost
	differs bool         // the leaves do not match the root that was signed
}

// add checks the next checkpoint, which its note contains. leaves are those that it must have; nil if they are not
// known.
func (c *checkpointChain) add(n audit.StoredNote, opened audit.Checkpoint, leaves []audit.Leaf) (r compared) {
	c.count++
	if opened.Number != n.Number {
		c.addFinding(n.Number, audit.Wrong("note_of_other", "number", opened.Number))
	}
	err := opened.Follows(c.last)
	if err != nil && !c.broken {
		c.addFinding(n.Number, audit.ProblemOf(err, "cause"))
	}
	if opened.InLog() {
		r = c.grow(opened, leaves)
	} else if leaves != nil {
		r.differs = opened.Leaves != int64(len(leaves)) || opened.Root != audit.NewTree(leaves).Root()
	}
	if err != nil || r.differs {
		c.invalid++
	}
	if c.kept.differs(opened) {
		c.addFinding(n.Number, audit.Wrong("kept_differs"))
	}
	c.kept.found(opened)
	c.last, c.broken = opened, false
	c.cosignatures(n)
	return r
}

// cosignatures checks the cosignatures of a checkpoint that could be opened.
func (c *checkpointChain) cosignatures(n audit.StoredNote) {
	by := c.trust.cosignatures(n, func(problem audit.Problem) { c.addFinding(n.Number, problem) })
	if len(by) > 0 && n.Number >= c.cosigned.Number {
		c.cosigned = Cosigned{Number: n.Number, By: by}
	}
}

// grow adds the leaves of a checkpoint to the log. Once the log is lost, it is not compared any more: one finding says
// it.
func (c *checkpointChain) grow(opened audit.Checkpoint, leaves []audit.Leaf) (r compared) {
	c.lost = c.lost || leaves == nil
	if c.lost {
		return r
	}
	for text := range opened.LogLeaves(c.last, leaves) {
		r.nodes = append(r.nodes, c.log.Append(text)...)
		if size := c.log.Size(); size < opened.Log.Size && c.kept.hasSize(size) {
			c.kept.foundHead(audit.LogHead{Origin: opened.Log.Origin, Size: size, Root: c.log.Root()})
		}
	}
	r.differs = c.log.Size() != opened.Log.Size || c.log.Root() != opened.Log.Root
	c.lost = r.differs
	return r
}

// end reports kept checkpoints that are missing, a latest checkpoint without the signature of a trusted key, and the
// lack of a checkpoint with the cosignature of a trusted witness. It returns the last checkpoint with one.
func (c *checkpointChain) end() Cosigned {
	c.kept.reportMissing(c.report)
	if len(c.trust.Keys) > 0 && !c.last.SignedBy(c.trust.Keys) {
		c.addFinding(c.last.Number, audit.Wrong("latest_not_trusted"))
	}
	if c.cosigned.Number == 0 {
		if len(c.trust.Witnesses) > 0 {
			c.addFinding(c.last.Number, audit.Wrong("never_cosigned"))
		}
		return Cosigned{}
	}
	c.cosigned.Later = max(0, c.last.Number-c.cosigned.Number)
	return c.cosigned
}

// Whole checks the data that Range does not check. These are the stored checkpoints with their signatures, order and
// leaves; the feed, which lists all events and checkpoints; and rows whose owner does not exist.
func (v *Verifier) Whole(ctx context.Context, t Trust, report func(audit.Finding)) (Counts, error) {
	chain := newCheckpointChain(t, report)
	feed := feedCheck{
		ctx: ctx, ports: v.ports, chain: chain, heads: map[entityKey]int64{}, changed: map[entityKey]struct{}{},
	}
	complete, err := feed.run()
	counts := Counts{Checkpoints: chain.count, Invalid: chain.invalid}
	if err != nil {
		return counts, err
	}
	if complete {
		counts.Cosigned = chain.end()
	}
	err = v.ports.Rows.Orphans(ctx, func(owner audit.Entity, table string) {
		report(audit.Finding{Entity: owner, Problem: audit.Wrong("orphans", "table", table)})
	})
	if feed.reportUnreadable(err, "orphaned rows") {
		err = nil
	}
	return counts, err
}
