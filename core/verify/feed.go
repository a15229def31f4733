package verify

import (
	"context"
	"crypto/sha256"
	"slices"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
)

// feedCheck checks the feed and the checkpoints while it reads the feed once. The entries of an entity must follow each
// other without a gap. The last of them must end at the sequence number in the entity's row. A checkpoint must have one
// leaf for every entity that changed since the previous checkpoint.
type feedCheck struct {
	ctx     context.Context //nolint:containedctx // a feedCheck exists only during one call of Whole
	ports   Ports
	chain   *checkpointChain
	notes   []audit.StoredNote     // notes of the current page that have not been checked yet
	number  int64                  // number of the last note of the page
	ended   bool                   // the page is the last one
	opened  audit.Checkpoint       // the first of the notes; zero until it has been opened
	heads   map[entityKey]int64    // for each entity whose row has not been read: seq of its last event in the feed
	changed map[entityKey]struct{} // entities that changed since the last checkpoint
	nodes   int64                  // number of nodes of the log that have been checked
	settled audit.Cursor           // cursor of the last settled entry (see audit.FeedEntry.Unsettled)
	read    bool                   // all entries have been read
	broken  bool                   // the feed cannot be read
	stuck   bool                   // the checkpoints could not be read while the feed was
}

// entityKey identifies an entity by the first 16 bytes of a hash, which takes little memory.
type entityKey [16]byte

func keyOf(e audit.Entity) entityKey {
	sum := sha256.Sum256([]byte(e.Type + "/" + e.ID))
	return entityKey(sum[:16])
}

// run checks the feed and the checkpoints. If the feed cannot be read, run still compares the checkpoints with each
// other. It returns false only if the checkpoints cannot be read.
func (f *feedCheck) run() (complete bool, err error) {
	err = f.ports.Rows.FeedAndRows(f.ctx, f.entry, f.row)
	if !f.stuck {
		if f.broken = f.reportUnreadable(err, "audit_feed"); f.broken {
			err = nil
		}
	}
	if err == nil {
		err = f.afterEntries()
	}
	if err == nil {
		err = f.countNodes()
	}
	if f.reportUnreadable(err, "audit_checkpoints") {
		return false, nil
	}
	if err == nil && !f.broken && len(f.heads) > 0 {
		f.addFinding(
			feedEntity("audit_feed"), 0,
			audit.Wrong("entities_without_row", "count", len(f.heads)),
		)
	}
	return true, err
}

func feedEntity(table string) audit.Entity { return audit.Entity{Type: "feed", ID: table} }

// reportUnreadable adds a finding and returns true if err says that stored data cannot be read.
func (f *feedCheck) reportUnreadable(err error, table string) bool {
	if !fault.Is(err, fault.Internal) {
		return false
	}
	f.addFinding(feedEntity(table), 0, unreadable(err))
	return true
}

func (f *feedCheck) addFinding(e audit.Entity, seq int64, problem audit.Problem) {
	f.chain.report(audit.Finding{Entity: e, Seq: seq, Problem: problem})
}

// entry checks the next entry of the feed. Before that, it checks the checkpoints that cover only earlier entries.
func (f *feedCheck) entry(e audit.FeedEntry) error {
	if err := f.checkpointsBefore(e); err != nil {
		f.stuck = true
		return err
	}
	if !e.Unsettled {
		f.settled = e.Cursor
	}
	key := keyOf(e.Entity)
	before := f.heads[key]
	f.heads[key] = e.Seq
	if e.Misplaced {
		f.addFinding(
			e.Entity, e.Seq,
			audit.Wrong("misplaced", "offset", e.Position),
		)
	}
	if e.Entity.Type == audit.CheckpointEntity {
		if before != 0 || e.First != e.Seq {
			f.addFinding(e.Entity, 0, audit.Wrong("feed_twice"))
		}
		return nil
	}
	f.changed[key] = struct{}{}
	if e.First != before+1 || e.Seq < e.First {
		f.addFinding(
			e.Entity, e.First,
			audit.Wrong("feed_gap", "seq", e.First, "to_seq", e.Seq, "row_seq", before),
		)
	}
	return nil
}

// row compares the row of an entity with the feed; seq is the number of the last event according to the row.
func (f *feedCheck) row(e audit.Entity, seq int64) error {
	if !f.read {
		if err := f.afterEntries(); err != nil {
			f.stuck = true
			return err
		}
	}
	key := keyOf(e)
	switch last, known := f.heads[key]; {
	case !known:
		f.addFinding(e, 0, audit.Wrong("not_in_feed"))
	case last != seq:
		f.addFinding(e, 0, audit.Wrong("feed_end", "seq", last, "row_seq", seq))
	}
	delete(f.heads, key)
	return nil
}

// checkpointsBefore checks the checkpoints that cover only entries before e. A checkpoint that covers unsettled entries
// was made after the feed was read. It may also cover entries that were added later, with lower positions, so it is not
// compared with the feed.
func (f *feedCheck) checkpointsBefore(e audit.FeedEntry) error {
	for {
		available, err := f.openNext()
		if err != nil || !available || f.opened.Number > 0 && f.opened.Until.Compare(e.Cursor) >= 0 {
			return err
		}
		if err := f.checkNext(!e.Unsettled || f.opened.Until.Compare(f.settled) <= 0); err != nil {
			return err
		}
	}
}

// afterEntries checks the remaining checkpoints after all entries have been read. A checkpoint that covers entries
// after the last settled one was made after the feed was read, so it is not compared with the feed.
func (f *feedCheck) afterEntries() error {
	f.read = true
	for {
		available, err := f.openNext()
		if err != nil || !available {
			return err
		}
		if err := f.checkNext(f.opened.Until.Compare(f.settled) <= 0); err != nil {
			return err
		}
	}
}

// openNext reads and opens the next note. It returns false if there are no more notes.
func (f *feedCheck) openNext() (available bool, err error) {
	const page = 100
	if len(f.notes) == 0 && !f.ended {
		if f.notes, err = f.ports.Checkpoints.CheckpointsAfter(f.ctx, f.number, page); err != nil {
			return false, err
		}
		if f.ended = len(f.notes) < page; len(f.notes) > 0 {
			f.number = f.notes[len(f.notes)-1].Number
		}
	}
	if len(f.notes) == 0 {
		return false, nil
	}
	if f.opened.Number == 0 {
		f.opened, _ = f.notes[0].Open() // checkNext reports an invalid note
	}
	return true, nil
}

// checkNext compares the next checkpoint with the previous one and with its leaves. If compareFeed is true, it also
// compares the leaves with the feed.
func (f *feedCheck) checkNext(compareFeed bool) error {
	n, opened := f.notes[0], f.opened
	f.notes, f.opened = f.notes[1:], audit.Checkpoint{}
	leaves, err := f.ports.Checkpoints.Leaves(f.ctx, n.Number)
	if err != nil {
		return err
	}
	compareFeed = compareFeed && !f.chain.broken && !f.broken
	if opened.Number == 0 {
		f.chain.open(n)
		return nil
	}
	compared := f.chain.add(n, opened, headsOf(leaves))
	if compared.differs {
		f.chain.addFinding(n.Number, audit.Wrong("leaves_differ"))
	}
	if err := f.checkNodes(n.Number, compared.nodes); err != nil {
		return err
	}
	if compareFeed {
		f.checkLeaves(n.Number, leaves)
	}
	clear(f.changed)
	return nil
}

func headsOf(leaves []audit.StoredLeaf) []audit.Leaf {
	heads := make([]audit.Leaf, len(leaves))
	for i, l := range leaves {
		heads[i] = l.Leaf
	}
	return heads
}

// checkNodes compares the nodes that a checkpoint adds to the log with the stored ones, from which proofs are made.
func (f *feedCheck) checkNodes(number int64, nodes []audit.Hash) error {
	const page = 1000
	for part := range slices.Chunk(nodes, page) {
		positions := make([]int64, len(part))
		for i := range part {
			positions[i] = f.nodes
			f.nodes++
		}
		stored, err := f.ports.Checkpoints.Nodes(f.ctx, positions)
		if err != nil && !fault.Is(err, fault.Internal) {
			return err
		}
		if err != nil || !slices.Equal(stored, part) {
			f.chain.addFinding(number, audit.Wrong("nodes_differ"))
			f.nodes = audit.NodesOf(f.chain.log.Size())
			return nil
		}
	}
	return nil
}

// countNodes reports stored nodes that no checkpoint has added to the log.
func (f *feedCheck) countNodes() error {
	stored, err := f.ports.Checkpoints.NodeCount(f.ctx)
	if err != nil || stored == f.nodes || f.chain.lost {
		return err
	}
	later, err := f.ports.Checkpoints.CheckpointsAfter(f.ctx, f.number, 1)
	if err == nil && len(later) == 0 { // otherwise, a checkpoint was made in the meantime
		f.addFinding(feedEntity("audit_nodes"), 0, audit.Wrong("node_count", "count", stored, "expected", f.nodes))
	}
	return err
}

// checkLeaves compares the leaves of a checkpoint with the entities that changed before it according to the feed.
func (f *feedCheck) checkLeaves(number int64, leaves []audit.StoredLeaf) {
	covered := 0
	for i, l := range leaves {
		if l.Index != int64(i) {
			f.chain.addFinding(number, audit.Wrong("leaf_index", "offset", i, "number", l.Index))
		}
		key := keyOf(l.Entity)
		if _, changed := f.changed[key]; changed && f.heads[key] == l.Seq {
			covered++
		}
	}
	switch changed := audit.Wrong("entities", "count", len(f.changed)); {
	case covered != len(f.changed):
		f.chain.addFinding(number, audit.Wrong("covers_some", "covered", covered, "changed", changed))
	case covered != len(leaves):
		f.chain.addFinding(number, audit.Wrong("covers_more",
			"leaves", audit.Wrong("leaves", "count", len(leaves)), "changed", changed))
	}
}
