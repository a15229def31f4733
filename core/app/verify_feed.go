package app

import (
	"context"
	"crypto/sha256"
	"fmt"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
)

// feedCheck goes once through the feed. Each entity's entries go on where the one before them ended, up to its row; what changed between
// two checkpoints is what the second has as leaves. Rows are held against trails elsewhere.
type feedCheck struct {
	ctx        context.Context //nolint:containedctx // it lives as long as one call
	service    *Service
	chain      *CheckpointChain
	notes      []StoredNote // a page of those that have not been reached
	number     int64        // the last one of the page
	ended      bool         // there are no more notes
	opened     audit.Checkpoint
	heads      map[entityKey]int64
	changed    map[entityKey]struct{} // since the last checkpoint
	seen       audit.Cursor
	rows       bool // entries have gone by
	unreadable bool // the feed cannot be read
}

// entityKey stands for an entity where there are many: 16 bytes of a hash.
type entityKey [16]byte

func keyOf(e audit.Entity) entityKey {
	sum := sha256.Sum256([]byte(e.Type + "/" + e.ID))
	return entityKey(sum[:16])
}

// run goes through the feed and the checkpoints. Where the feed cannot be read, checkpoints are still held against each other; whole is
// false where not even those can all be read.
func (f *feedCheck) run() (whole bool, err error) {
	err = f.service.Scan.FeedAndRows(f.ctx, f.entry, f.row)
	if f.unreadable = f.reportUnreadable(err, "audit_feed"); f.unreadable {
		err = nil
	}
	if err == nil {
		err = f.allEntries()
	}
	if f.reportUnreadable(err, "audit_checkpoints") {
		return false, nil
	}
	if err == nil && !f.unreadable && len(f.heads) > 0 {
		f.find(audit.Entity{Type: "feed", ID: "audit_feed"}, 0, fmt.Sprintf("it names %d that have no row", len(f.heads)))
	}
	return true, err
}

// unread finds that rows make no sense; false for any other error, and for none.
func (f *feedCheck) reportUnreadable(err error, table string) bool {
	if !fault.Is(err, fault.Internal) {
		return false
	}
	f.find(audit.Entity{Type: "feed", ID: table}, 0, cannotBeRead+err.Error())
	return true
}

func (f *feedCheck) find(e audit.Entity, seq int64, problem string) {
	f.chain.report(audit.Finding{Entity: e, Seq: seq, Problem: problem})
}

func (f *feedCheck) entry(e FeedEntry) error {
	if err := f.checkpointsBefore(e.Cursor); err != nil {
		return err
	}
	f.seen = e.Cursor
	key := keyOf(e.Entity)
	before := f.heads[key]
	f.heads[key] = e.Seq
	if e.Misplaced {
		f.find(e.Entity, e.Seq, fmt.Sprintf("the feed has it at position %d, which no commit can have got", e.Position))
	}
	if e.Entity.Type == audit.CheckpointEntity {
		if before != 0 || e.First != e.Seq {
			f.find(e.Entity, 0, "the feed names it more than once")
		}
		return nil
	}
	f.changed[key] = struct{}{}
	if e.First != before+1 || e.Seq < e.First {
		f.find(e.Entity, e.First, fmt.Sprintf("the feed names it up to %d after event %d", e.Seq, before))
	}
	return nil
}

func (f *feedCheck) row(e audit.Entity, seq int64) error {
	if !f.rows {
		if err := f.allEntries(); err != nil {
			return err
		}
	}
	key := keyOf(e)
	if named, known := f.heads[key]; !known || named != seq {
		f.find(e, 0, fmt.Sprintf("the feed names it up to %d, its row is at %d", named, seq))
	}
	delete(f.heads, key)
	return nil
}

// checkpointsBefore takes the checkpoints that cover nothing from a place on.
func (f *feedCheck) checkpointsBefore(place audit.Cursor) error {
	for {
		here, err := f.note()
		if err != nil || !here || f.opened.Number > 0 && f.opened.Until.Compare(place) >= 0 {
			return err
		}
		if err := f.checkNext(true); err != nil {
			return err
		}
	}
}

// allEntries takes the checkpoints that are left. Those that cover more than there was at the moment of the look were made since.
func (f *feedCheck) allEntries() error {
	f.rows = true
	for {
		here, err := f.note()
		if err != nil || !here {
			return err
		}
		if err := f.checkNext(f.opened.Until.Compare(f.seen) <= 0); err != nil {
			return err
		}
	}
}

// note makes sure that the next note is there and opened, if it can be.
func (f *feedCheck) note() (here bool, err error) {
	const page = 100
	if len(f.notes) == 0 && !f.ended {
		if f.notes, err = f.service.Checkpoints.CheckpointsAfter(f.ctx, f.number, page); err != nil {
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
		f.opened, _ = audit.OpenCheckpoint(f.notes[0].Note) // take opens it again where it cannot be opened, and says why
	}
	return true, nil
}

// take holds the next note against the one before it, its leaves, and what changed.
func (f *feedCheck) checkNext(covered bool) error {
	n, now := f.notes[0], f.opened
	f.notes, f.opened = f.notes[1:], audit.Checkpoint{}
	leaves, err := f.service.Checkpoints.Leaves(f.ctx, n.Number)
	if err != nil {
		return err
	}
	covered = covered && !f.chain.broken && !f.unreadable
	if now.Number == 0 {
		f.chain.Next(n, "")
		return nil
	}
	f.chain.check(n, now, treeOf(leaves).Root())
	if covered {
		f.leaves(n.Number, leaves)
	}
	clear(f.changed)
	return nil
}

func (f *feedCheck) leaves(number int64, leaves []StoredLeaf) {
	covered := 0
	for i, l := range leaves {
		if l.Index != int64(i) {
			f.chain.findf(number, "its leaf %d stands at place %d", i, l.Index)
		}
		key := keyOf(l.Entity)
		if _, changed := f.changed[key]; changed && f.heads[key] == l.Seq {
			covered++
		}
	}
	if covered != len(leaves) || covered != len(f.changed) {
		f.chain.findf(number, "the feed names %d that changed before it, of which it covers %d", len(f.changed), covered)
	}
}
