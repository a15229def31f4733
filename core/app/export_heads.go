package app

import (
	"cmp"
	"slices"

	"github.com/procedo/procedo/core/audit"
)

// longestLog bounds what is remembered of a sink's lines between two checkpoints.
const longestLog = 5_000_000

// passed remembers what went by since the last checkpoint. A sink is given events in the order of the feed, so that the heads that a
// checkpoint covers can be told from that alone.
type feedWindow struct {
	most    int // that is remembered
	log     []windowEntry
	lost    bool // too much went by to be remembered
	partial bool // some of what the next checkpoint covers was forgotten
}

// place is an event, or a checkpoint, that went by.
type windowEntry struct {
	of   *exported // nil of a checkpoint
	seq  int64     // its number, of a checkpoint
	hash string
}

func (p *feedWindow) add(pl windowEntry) {
	if len(p.log) == p.most {
		p.log, p.lost = nil, true
	}
	if !p.lost {
		p.log = append(p.log, pl)
	}
}

// root is the root over the heads up to where a checkpoint ends; false where that has not gone by. What is before is forgotten.
func (p *feedWindow) root(until audit.Cursor) (string, bool) {
	end := slices.IndexFunc(p.log, func(pl windowEntry) bool {
		if pl.of == nil {
			return until.Entity.Type == audit.CheckpointEntity && until.Seq == pl.seq
		}
		return pl.seq == until.Seq && pl.of.chain.Entity.ID == until.Entity.ID && pl.of.chain.Entity.Type == until.Entity.Type
	})
	if end < 0 {
		return "", false
	}
	heads := map[*exported]audit.Leaf{}
	for _, pl := range p.log[:end+1] {
		if pl.of != nil {
			heads[pl.of] = audit.Leaf{Entity: pl.of.chain.Entity, Head: audit.Head{Seq: pl.seq, Hash: pl.hash}}
		}
	}
	p.log = slices.Clone(p.log[end+1:])
	leaves := make([]audit.Leaf, 0, len(heads))
	for _, l := range heads {
		leaves = append(leaves, l)
	}
	SortLeaves(leaves)
	return audit.NewTree(leaves).Root(), true
}

// SortLeaves puts leaves in the order in which they stand in a checkpoint's tree.
func SortLeaves(leaves []audit.Leaf) {
	slices.SortFunc(leaves, func(a, b audit.Leaf) int {
		return cmp.Or(a.Entity.Compare(b.Entity))
	})
}
