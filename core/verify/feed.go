package verify

import (
	"context"
	"crypto/sha256"
	"fmt"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
)

// feedCheck reads the feed once. The entries of each entity must continue where the one before ended, up to the
// entity's row; what changed between two checkpoints must be what the second has as leaves. Rows are compared with
// trails elsewhere.
type feedCheck struct {
	ctx     context.Context //nolint:containedctx // it lives as long as one call
	ports   Ports
	chain   *checkpointChain
	notes   []audit.StoredNote // a page of those that have not been reached
	number  int64              // the last one of the page
	ended   bool               // there are no more notes
	opened  audit.Checkpoint
	heads   map[entityKey]int64
	changed map[entityKey]struct{} // since the last checkpoint
	seen    audit.Cursor
	rows    bool // all entries have been read
	broken  bool // the feed cannot be read
}

// entityKey stands for an entity where there are many: 16 bytes of a hash.
type entityKey [16]byte

func keyOf(e audit.Entity) entityKey {
	sum := sha256.Sum256([]byte(e.Type + "/" + e.ID))
	return entityKey(sum[:16])
}

// run reads the feed and the checkpoints. Where the feed cannot be read, checkpoints are still compared with each
// other. Complete is false where not all of them can be read either.
func (f *feedCheck) run() (complete bool, err error) {
	err = f.ports.Rows.FeedAndRows(f.ctx, f.entry, f.row)
	if f.broken = f.reportUnreadable(err, "audit_feed"); f.broken {
		err = nil
	}
	if err == nil {
		err = f.afterEntries()
	}
	if f.reportUnreadable(err, "audit_checkpoints") {
		return false, nil
	}
	if err == nil && !f.broken && len(f.heads) > 0 {
		f.find(
			feedEntity("audit_feed"), 0,
			fmt.Sprintf("it lists %s that have no row", plural(len(f.heads), "entity", "entities")),
		)
	}
	return true, err
}

func feedEntity(table string) audit.Entity { return audit.Entity{Type: "feed", ID: table} }

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// reportUnreadable reports rows that cannot be read, and whether err is about such rows.
func (f *feedCheck) reportUnreadable(err error, table string) bool {
	if !fault.Is(err, fault.Internal) {
		return false
	}
	f.find(feedEntity(table), 0, unreadable+err.Error())
	return true
}

func (f *feedCheck) find(e audit.Entity, seq int64, problem string) {
	f.chain.report(audit.Finding{Entity: e, Seq: seq, Problem: problem})
}

func (f *feedCheck) entry(e audit.FeedEntry) error {
	if err := f.checkpointsBefore(e.Cursor); err != nil {
		return err
	}
	f.seen = e.Cursor
	key := keyOf(e.Entity)
	before := f.heads[key]
	f.heads[key] = e.Seq
	if e.Misplaced {
		f.find(
			e.Entity, e.Seq,
			fmt.Sprintf("its position in the feed, %d, cannot be the position of a commit", e.Position),
		)
	}
	if e.Entity.Type == audit.CheckpointEntity {
		if before != 0 || e.First != e.Seq {
			f.find(e.Entity, 0, "the feed names it more than once")
		}
		return nil
	}
	f.changed[key] = struct{}{}
	if e.First != before+1 || e.Seq < e.First {
		f.find(
			e.Entity, e.First,
			fmt.Sprintf("the feed has an entry for events %d to %d after event %d", e.First, e.Seq, before),
		)
	}
	return nil
}

func (f *feedCheck) row(e audit.Entity, seq int64) error {
	if !f.rows {
		if err := f.afterEntries(); err != nil {
			return err
		}
	}
	key := keyOf(e)
	if named, known := f.heads[key]; !known || named != seq {
		f.find(e, 0, fmt.Sprintf("the feed lists its events up to %d, but its row is at event %d", named, seq))
	}
	delete(f.heads, key)
	return nil
}

// checkpointsBefore checks the checkpoints that cover nothing from a place on.
func (f *feedCheck) checkpointsBefore(place audit.Cursor) error {
	for {
		available, err := f.openNext()
		if err != nil || !available || f.opened.Number > 0 && f.opened.Until.Compare(place) >= 0 {
			return err
		}
		if err := f.checkNext(true); err != nil {
			return err
		}
	}
}

// afterEntries checks the remaining checkpoints. Those that cover more than the feed that was read were made since.
func (f *feedCheck) afterEntries() error {
	f.rows = true
	for {
		available, err := f.openNext()
		if err != nil || !available {
			return err
		}
		if err := f.checkNext(f.opened.Until.Compare(f.seen) <= 0); err != nil {
			return err
		}
	}
}

// openNext reads and opens the next note. It returns false where there is none.
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
		f.opened, _ = audit.OpenCheckpoint(f.notes[0].Note) // checkNext opens a broken one again, and reports why
	}
	return true, nil
}

// checkNext compares the next note with the one before it, with its leaves and, where the feed covers it, with what
// changed.
func (f *feedCheck) checkNext(covered bool) error {
	n, now := f.notes[0], f.opened
	f.notes, f.opened = f.notes[1:], audit.Checkpoint{}
	leaves, err := f.ports.Checkpoints.Leaves(f.ctx, n.Number)
	if err != nil {
		return err
	}
	covered = covered && !f.chain.broken && !f.broken
	if now.Number == 0 {
		f.chain.add(n, "")
		return nil
	}
	f.chain.addOpened(n, now, audit.StoredTree(leaves).Root())
	if covered {
		f.checkLeaves(n.Number, leaves)
	}
	clear(f.changed)
	return nil
}

func (f *feedCheck) checkLeaves(number int64, leaves []audit.StoredLeaf) {
	covered := 0
	for i, l := range leaves {
		if l.Index != int64(i) {
			f.chain.findf(number, "its leaf %d is stored at index %d", i, l.Index)
		}
		key := keyOf(l.Entity)
		if _, changed := f.changed[key]; changed && f.heads[key] == l.Seq {
			covered++
		}
	}
	if covered != len(leaves) || covered != len(f.changed) {
		f.chain.findf(number, "it covers %d of the %s that changed before it according to the feed",
			covered, plural(len(f.changed), "entity", "entities"))
	}
}
