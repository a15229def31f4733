package verify

import (
	"slices"

	"github.com/procedo/procedo/core/audit"
)

// maxWindow is the maximum number of events and checkpoints that a feedWindow keeps in memory.
const maxWindow = 5_000_000

// feedWindow remembers the lines that no checkpoint covers yet. A sink receives lines in the order of the feed, so the
// heads that a checkpoint covers can be computed from the lines before the checkpoint.
type feedWindow struct {
	limit    int
	entries  []windowEntry
	lost     bool // lines were forgotten because there were more than limit
	partial  bool // lines that the next checkpoint covers may have been forgotten
	unsigned int  // events that no checkpoint covers, with those that were forgotten
}

// windowEntry is one entry of a feedWindow: an event or a checkpoint, as read from a line.
type windowEntry struct {
	entity *exportedEntity // nil for a checkpoint
	seq    int64           // for a checkpoint: its number
	hash   string
}

func (w *feedWindow) add(e windowEntry) {
	if e.entity != nil {
		w.unsigned++
	}
	if len(w.entries) == w.limit {
		w.entries, w.lost = nil, true
	}
	if !w.lost {
		w.entries = append(w.entries, e)
	}
}

// leaves returns the leaves that a checkpoint must have if the last entry that it covers is the one at the given
// cursor. It removes the lines up to this entry from the window. It returns false if the window does not contain the
// entry.
func (w *feedWindow) leaves(until audit.Cursor) ([]audit.Leaf, bool) {
	end := slices.IndexFunc(w.entries, func(e windowEntry) bool {
		if e.entity == nil {
			return until.Entity == audit.CheckpointNumbered(e.seq) && until.Seq == e.seq
		}
		return e.seq == until.Seq && e.entity.chain.Entity == until.Entity
	})
	if end < 0 {
		return nil, false
	}
	heads := map[*exportedEntity]audit.Leaf{}
	for _, e := range w.entries[:end+1] {
		if e.entity != nil {
			heads[e.entity] = audit.Leaf{Entity: e.entity.chain.Entity, Head: audit.Head{Seq: e.seq, Hash: e.hash}}
		}
	}
	w.entries, w.unsigned = slices.Clone(w.entries[end+1:]), 0
	for _, e := range w.entries {
		if e.entity != nil {
			w.unsigned++
		}
	}
	leaves := make([]audit.Leaf, 0, len(heads))
	for _, l := range heads {
		leaves = append(leaves, l)
	}
	audit.SortLeaves(leaves)
	return leaves, true
}
