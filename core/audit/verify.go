package audit

import (
	"crypto/sha256"
	"fmt"
)

// Finding is one thing wrong with a trail.
type Finding struct {
	Entity  Entity
	Seq     int64 // 0 where it concerns the entity as a whole
	Problem string
	// Warning marks what does not speak against the record: today's rules decide otherwise than those of the day.
	Warning bool
}

func (f Finding) String() string {
	text := f.Entity.Type + " " + f.Entity.ID
	if f.Seq != 0 {
		text = fmt.Sprintf("%s event %d", text, f.Seq)
	}
	if f.Warning {
		text = "warning: " + text
	}
	return text + ": " + f.Problem
}

// Chain checks the events of one entity as they come: contiguous sequence, hashes, and every copy against the
// canonical bytes. The zero value is not ready: name the entity.
type Chain struct {
	Entity Entity

	head    Head
	checker Checker
}

// Head is where the chain stands after what was checked.
func (c *Chain) Head() Head { return c.head }

// Check holds the next event against the chain and returns what is wrong with it.
func (c *Chain) Check(e *Event) []Finding { return c.Link(e, c.checker.Flaws(e)) }

// Link holds the next event against the chain, and returns what is wrong with that and the flaws that were found in it already.
func (c *Chain) Link(e *Event, flaws []string) []Finding {
	var findings []Finding
	find := func(problem string) {
		findings = append(findings, Finding{Entity: c.Entity, Seq: e.Seq, Problem: problem})
	}
	if e.Entity != c.Entity {
		find("belongs to " + e.Entity.String())
	}
	if e.Seq != c.head.Seq+1 {
		find(fmt.Sprintf("out of order: event %d was expected", c.head.Seq+1))
	}
	prev := c.head.Hash
	if c.head.Seq == 0 {
		prev = Genesis
	}
	if e.PrevHash != prev {
		find("prev_hash is not the hash of the event before it")
	}
	for _, flaw := range flaws {
		find(flaw)
	}
	c.head = e.Head()
	return findings
}

// Checker finds what is wrong with events by themselves. It keeps its memory from one to the next; the zero value is ready.
type Checker struct{ scratch []byte }

// Flaws is what is wrong with an event by itself: its hash, and every copy against the canonical bytes.
func (c *Checker) Flaws(e *Event) (flaws []string) {
	var hash [2 * sha256.Size]byte
	var ok bool
	if c.scratch, ok = hashOf(c.scratch, e.PrevHash, e.Canonical, &hash); !ok || string(hash[:]) != e.Hash {
		flaws = append(flaws, "hash is not that of its canonical bytes")
	}
	c.scratch = appendCanonical(c.scratch[:0], e)
	if string(c.scratch) != e.Canonical {
		flaws = append(flaws, "a copied column differs from the canonical bytes")
	}
	return flaws
}
