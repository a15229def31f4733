package audit

import "fmt"

// Finding is one thing wrong with a trail.
type Finding struct {
	EntityType string
	EntityID   string
	Seq        int64 // 0 where it concerns the entity as a whole
	Problem    string
}

func (f Finding) String() string {
	if f.Seq == 0 {
		return fmt.Sprintf("%s %s: %s", f.EntityType, f.EntityID, f.Problem)
	}
	return fmt.Sprintf("%s %s event %d: %s", f.EntityType, f.EntityID, f.Seq, f.Problem)
}

// Chain checks the events of one entity as they come: contiguous sequence, hashes, and every copy against the
// canonical bytes. The zero value is not ready: name the entity.
type Chain struct {
	EntityType string
	EntityID   string

	head Head
}

// Head is where the chain stands after what was checked.
func (c *Chain) Head() Head { return c.head }

// Check holds the next event against the chain and returns what is wrong with it.
func (c *Chain) Check(e Event) []Finding {
	var findings []Finding
	find := func(format string, args ...any) {
		findings = append(findings, Finding{c.EntityType, c.EntityID, e.Seq, fmt.Sprintf(format, args...)})
	}
	if e.EntityType != c.EntityType || e.EntityID != c.EntityID {
		find("belongs to %s %s", e.EntityType, e.EntityID)
	}
	if e.Seq != c.head.Seq+1 {
		find("sequence: follows event %d", c.head.Seq)
	}
	prev := c.head.Hash
	if c.head.Seq == 0 {
		prev = Genesis
	}
	if e.PrevHash != prev {
		find("prev_hash is not the hash of the event before it")
	}
	if hash, err := chain(e.PrevHash, e.Canonical); err != nil || hash != e.Hash {
		find("hash is not that of its canonical bytes")
	}
	if canonical(e) != e.Canonical {
		find("a copied column differs from the canonical bytes")
	}
	c.head = e.Head()
	return findings
}
