package verify

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/procedo/procedo/core/audit"
)

// Trust holds checkpoints and keys from outside the verified data. Without them, verification cannot detect that the
// whole history was rewritten together with its checkpoints.
type Trust struct {
	Kept map[int64]audit.Checkpoint // copies of checkpoints that were kept elsewhere, by number
	Keys []string                   // verifier keys, one of which must have signed the latest checkpoint
}

// KeptCheckpoints opens signed notes for Trust.Kept. It returns the checkpoints by number.
func KeptCheckpoints(notes []string) (map[int64]audit.Checkpoint, error) {
	kept := make(map[int64]audit.Checkpoint, len(notes))
	for i, note := range notes {
		c, err := audit.OpenCheckpoint(note)
		if err != nil {
			return nil, fmt.Errorf("note %d: %w", i+1, err)
		}
		if other, twice := kept[c.Number]; twice && other.Text() != c.Text() {
			return nil, fmt.Errorf("note %d: there are two different checkpoints %d", i+1, c.Number)
		}
		kept[c.Number] = c
	}
	return kept, nil
}

// checkpointChain compares checkpoints with each other, with the kept checkpoints and with the trusted keys.
// Checkpoints must be added oldest first.
type checkpointChain struct {
	trust  Trust
	report func(audit.Finding)
	last   audit.Checkpoint
	count  int
	broken bool                       // the previous note could not be opened
	kept   map[int64]audit.Checkpoint // kept checkpoints whose numbers have not been added yet
}

func newCheckpointChain(t Trust, report func(audit.Finding)) *checkpointChain {
	return &checkpointChain{trust: t, report: report, kept: maps.Clone(t.Kept)}
}

func (c *checkpointChain) addFindingf(number int64, format string, args ...any) {
	c.report(audit.Finding{Entity: audit.CheckpointNumbered(number), Problem: fmt.Sprintf(format, args...)})
}

// add opens and checks the next stored note. root is the root of the tree over the checkpoint's leaves, or empty if the
// leaves are not known. add returns the checkpoint, or false if the note cannot be opened.
func (c *checkpointChain) add(n audit.StoredNote, root string) (audit.Checkpoint, bool) {
	opened, err := audit.OpenCheckpoint(n.Note)
	if err != nil {
		c.count++
		c.addFindingf(n.Number, "%v", err)
		c.broken = true
		return opened, false
	}
	c.addOpened(n, opened, root)
	return opened, true
}

// addOpened is like add for a note that the caller has already opened. It gets the checkpoint that the note contains.
func (c *checkpointChain) addOpened(n audit.StoredNote, opened audit.Checkpoint, root string) {
	c.count++
	if opened.Number != n.Number {
		c.addFindingf(n.Number, "its note is the note of checkpoint %d", opened.Number)
	}
	if err := opened.Follows(c.last); err != nil && !c.broken {
		c.addFindingf(n.Number, "%v", err)
	}
	if root != "" && opened.Root != root {
		c.addFindingf(n.Number, "its leaves do not match the root that was signed")
	}
	if kept, ok := c.kept[n.Number]; ok && kept.Text() != opened.Text() {
		c.addFindingf(n.Number, "it differs from the kept checkpoint")
	}
	delete(c.kept, n.Number)
	c.last, c.broken = opened, false
}

// end reports kept checkpoints that are missing, and a latest checkpoint without the signature of a trusted key.
func (c *checkpointChain) end() {
	for _, number := range slices.Sorted(maps.Keys(c.kept)) {
		c.addFindingf(number, "the kept checkpoint is missing")
	}
	if len(c.trust.Keys) > 0 && !c.last.SignedBy(c.trust.Keys) {
		c.addFindingf(c.last.Number, "the latest checkpoint is not signed by a trusted key")
	}
}

// Whole checks the data that Range does not check. These are the stored checkpoints with their signatures, order and
// leaves; the feed, which lists all events and checkpoints; and rows whose owner does not exist.
func (v *Verifier) Whole(ctx context.Context, t Trust, report func(audit.Finding)) (Counts, error) {
	chain := newCheckpointChain(t, report)
	feed := feedCheck{
		ctx: ctx, ports: v.ports, chain: chain, heads: map[entityKey]int64{}, changed: map[entityKey]struct{}{},
	}
	complete, err := feed.run()
	counts := Counts{Checkpoints: chain.count}
	if err != nil {
		return counts, err
	}
	if complete {
		chain.end()
	}
	err = v.ports.Rows.Orphans(ctx, func(owner audit.Entity, table string) {
		report(audit.Finding{Entity: owner, Problem: "it does not exist, but table " + table + " has rows that belong to it"})
	})
	if feed.reportUnreadable(err, "orphaned rows") {
		err = nil
	}
	return counts, err
}
