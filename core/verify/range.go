package verify

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/procedo/procedo/core/audit"
)

// rangeCheck checks a range: it first reads the rows and checkpoint leaves of every entity, then all events.
type rangeCheck struct {
	ports    Ports
	options  Options
	scope    audit.Range
	entities map[string]*entityCheck // entities whose check is not complete, by id
	current  *entityCheck
	findings []audit.Finding
	checker  audit.Checker
	counts   Counts
}

// entityCheck is the state of the check of one entity.
type entityCheck struct {
	check    *rangeCheck
	id       string
	chain    audit.Chain
	leaves   []audit.StoredLeaf // leaves whose events have not been read yet, sorted by checkpoint
	unsigned int                // events that were read after the last one that a leaf names
	verifier trailVerifier

	disclosures disclosureCheck
	times       timeCheck
}

// trailVerifier replays the events of one entity and compares the result with the stored rows.
type trailVerifier interface {
	next(e *audit.Event, o audit.Opened, addFinding findingFunc)
	end(ctx context.Context, head audit.Head, addFinding findingFunc) error
}

// findingFunc adds a finding about one entity; seq is 0 if the problem does not concern a single event.
type findingFunc func(seq int64, problem audit.Problem)

func (e *entityCheck) addFinding(seq int64, problem audit.Problem) {
	e.check.find(audit.Finding{Entity: e.chain.Entity, Seq: seq, Problem: problem})
}

// find adds findings, or counts those beyond the number that the options allow.
func (c *rangeCheck) find(found ...audit.Finding) {
	for _, f := range found {
		if n := c.options.MaxFindings; n > 0 && len(c.findings) >= n {
			c.counts.Unlisted++
			continue
		}
		c.findings = append(c.findings, f)
	}
}

// entity returns the check of the entity with the id. The first call creates it.
func (c *rangeCheck) entity(id string) *entityCheck {
	e, known := c.entities[id]
	if !known {
		chain := audit.Chain{Entity: audit.Entity{Type: c.scope.Type, ID: id}}
		e = &entityCheck{check: c, id: id, chain: chain, verifier: rowMissing{}}
		c.entities[id] = e
	}
	return e
}

// rowMissing is the verifier of an entity that has no row.
type rowMissing struct{}

func (rowMissing) next(*audit.Event, audit.Opened, findingFunc) {}

func (rowMissing) end(_ context.Context, head audit.Head, addFinding findingFunc) error {
	if head.Seq > 0 {
		addFinding(0, audit.Wrong("no_row"))
	}
	return nil
}

func (c *rangeCheck) readLeaves(ctx context.Context) error {
	return c.ports.Trails.LeavesIn(ctx, c.scope, func(l audit.StoredLeaf) error {
		e := c.entity(l.Entity.ID)
		e.leaves = append(e.leaves, l)
		return nil
	})
}

func (c *rangeCheck) readEvents(ctx context.Context) error {
	return c.ports.Trails.EventsIn(ctx, c.scope, func(e *audit.Event) error {
		if c.current == nil || c.current.id != e.Entity.ID {
			if err := c.closeCurrent(ctx); err != nil {
				return err
			}
			c.current = c.entity(e.Entity.ID)
		}
		c.current.next(e)
		c.counts.Events++
		if c.options.Progress != nil {
			c.options.Progress(e)
		}
		return nil
	})
}

func (e *entityCheck) next(event *audit.Event) {
	checked := e.check.checker.Check(event)
	e.check.find(e.chain.Link(event, checked.Flaws)...)
	e.disclosures.next(event, checked, e.addFinding)
	e.times.next(event, checked.Version, e.check.options.Times.before(e.leaves), func(f audit.Finding) { e.check.find(f) })
	e.unsigned++
	for len(e.leaves) > 0 && e.leaves[0].Seq <= event.Seq {
		if l := e.leaves[0]; l.Head != event.Head() {
			e.addFinding(l.Seq, notCovered(l.Number))
		} else {
			e.unsigned = 0
		}
		e.leaves = e.leaves[1:]
	}
	e.verifier.next(event, checked.Opened, e.addFinding)
}

func notCovered(checkpoint int64) audit.Problem {
	return audit.Wrong("not_covered", "number", checkpoint)
}

func missing(checkpoint int64) audit.Problem {
	return audit.Wrong("event_missing", "number", checkpoint)
}

// closeCurrent completes the check of the current entity, whose events have all been read.
func (c *rangeCheck) closeCurrent(ctx context.Context) error {
	e := c.current
	if e == nil {
		return nil
	}
	c.current = nil
	delete(c.entities, e.id)
	for _, l := range e.leaves {
		e.addFinding(l.Seq, missing(l.Number))
	}
	if c.scope.Type == audit.RunEntity {
		c.counts.Runs++
	} else {
		c.counts.Procedures++
	}
	missing, erased := e.disclosures.end(e.addFinding)
	reportMissing(missing, e.addFinding)
	c.counts.Erased += erased
	c.counts.Unsigned += e.unsigned
	return e.verifier.end(ctx, e.chain.Head(), e.addFinding)
}

// finish completes the checks of the last entity and of the entities without events.
func (c *rangeCheck) finish(ctx context.Context) error {
	if err := c.closeCurrent(ctx); err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(c.entities)) {
		c.current = c.entities[id]
		if err := c.closeCurrent(ctx); err != nil {
			return err
		}
	}
	return nil
}

// compareHeads adds a finding if the head in the row is not the head of the trail.
func compareHeads(stored, trail audit.Head, addFinding findingFunc) {
	if trail != stored {
		addFinding(0, audit.Wrong("head_differs", "seq", trail.Seq, "hash", shortened(trail.Hash),
			"row_seq", stored.Seq, "row_hash", shortened(stored.Hash)))
	}
}

// shortened returns the beginning of a hash or digest.
func shortened(hash string) string { return fmt.Sprintf("%.8s…", hash) }
