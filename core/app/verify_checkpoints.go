package app

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/procedo/procedo/core/audit"
)

// Trust is what a verification believes beside what it reads. The zero value believes nothing: a story that was rewritten from its
// start, checkpoints included, is then found out by nothing.
type Trust struct {
	Kept map[int64]audit.Checkpoint // checkpoints that were kept elsewhere, by number
	Keys []string                   // verifier keys, one of which must have signed the latest checkpoint
}

// KeptCheckpoints opens signed notes that were kept.
func KeptCheckpoints(notes []string) (map[int64]audit.Checkpoint, error) {
	kept := make(map[int64]audit.Checkpoint, len(notes))
	for i, note := range notes {
		c, err := audit.OpenCheckpoint(note)
		if err != nil {
			return nil, fmt.Errorf("note %d: %w", i+1, err)
		}
		if other, twice := kept[c.Number]; twice && other.Text() != c.Text() {
			return nil, fmt.Errorf("note %d: there are two checkpoints %d, and they differ", i+1, c.Number)
		}
		kept[c.Number] = c
	}
	return kept, nil
}

// CheckpointChain holds checkpoints against each other and against what is believed, as they come, the oldest first.
type CheckpointChain struct {
	trust  Trust
	report func(audit.Finding)
	last   audit.Checkpoint
	seen   int
	broken bool
	kept   map[int64]audit.Checkpoint // those that have not come yet
}

// NewCheckpointChain begins before the first checkpoint.
func NewCheckpointChain(t Trust, report func(audit.Finding)) *CheckpointChain {
	return &CheckpointChain{trust: t, report: report, kept: maps.Clone(t.Kept)}
}

func (c *CheckpointChain) findf(number int64, format string, args ...any) {
	c.report(audit.Finding{Entity: audit.CheckpointNumbered(number), Problem: fmt.Sprintf(format, args...)})
}

// Next takes the next signed note, stored under a number; root is made of its leaves, empty where they are not known. It returns
// the checkpoint, and whether it could be opened.
func (c *CheckpointChain) Next(n StoredNote, root string) (audit.Checkpoint, bool) {
	now, err := audit.OpenCheckpoint(n.Note)
	if err != nil {
		c.seen++
		c.findf(n.Number, "%v", err)
		c.broken = true
		return now, false
	}
	c.check(n, now, root)
	return now, true
}

// take is Next for a note that was opened.
func (c *CheckpointChain) check(n StoredNote, now audit.Checkpoint, root string) {
	c.seen++
	if now.Number != n.Number {
		c.findf(n.Number, "it says that it is checkpoint %d", now.Number)
	}
	if err := now.Follows(c.last); err != nil && !c.broken {
		c.findf(n.Number, "%v", err)
	}
	if root != "" && now.Root != root {
		c.findf(n.Number, "its leaves are not those that were signed")
	}
	if kept, ok := c.kept[n.Number]; ok && kept.Text() != now.Text() {
		c.findf(n.Number, "it is not the one that was kept")
	}
	delete(c.kept, n.Number)
	c.last, c.broken = now, false
}

// End says what was kept and did not come, and that the latest one is signed by nobody who is trusted.
func (c *CheckpointChain) End() {
	for _, number := range slices.Sorted(maps.Keys(c.kept)) {
		c.findf(number, "it was kept and is not there")
	}
	if len(c.trust.Keys) > 0 && !c.last.SignedBy(c.trust.Keys) {
		c.findf(c.last.Number, "the latest checkpoint is not signed by a trusted key")
	}
}

// VerifyWhole checks what is no part of a range: the stored checkpoints, with signatures, order and leaves; the feed, which names what
// was committed; and rows that belong to nothing.
func (s *Service) VerifyWhole(ctx context.Context, t Trust, report func(audit.Finding)) (Verified, error) {
	chain := NewCheckpointChain(t, report)
	feed := feedCheck{ctx: ctx, service: s, chain: chain, heads: map[entityKey]int64{}, changed: map[entityKey]struct{}{}}
	whole, err := feed.run()
	done := Verified{Checkpoints: chain.seen}
	if err != nil {
		return done, err
	}
	if whole {
		chain.End()
	}
	err = s.Scan.Orphans(ctx, func(of audit.Entity, table string) {
		report(audit.Finding{Entity: of, Problem: "it is not there, and " + table + " has rows of it"})
	})
	if feed.reportUnreadable(err, "rows that belong to nothing") {
		err = nil
	}
	return done, err
}
