package audit

// Chain verifies the events of one entity, one after the other. The sequence must have no gaps, each event must hold
// the hash of the previous one, and hashes and fields must match the canonical bytes. Entity must be set.
type Chain struct {
	Entity Entity

	head    Head
	checker Checker
}

// Continue returns a chain whose next event is the one after a head.
func Continue(of Entity, head Head) *Chain { return &Chain{Entity: of, head: head} }

// Head returns the head after the last event that was verified.
func (c *Chain) Head() Head { return c.head }

// Check verifies the next event and its place in the chain, and opens it.
func (c *Chain) Check(e *Event) (Opened, []Finding) {
	checked := c.checker.Check(e)
	return checked.Opened, c.Link(e, checked.Flaws)
}

// Link verifies only the place of the next event in the chain. It adds a finding for each of the flaws, which the
// caller obtains from Checker.Check.
func (c *Chain) Link(e *Event, flaws []Problem) []Finding {
	var findings []Finding
	find := func(problem Problem) {
		findings = append(findings, Finding{Entity: c.Entity, Seq: e.Seq, Problem: problem})
	}
	if e.Entity != c.Entity {
		find(Wrong("other_entity", "entity", e.Entity.String()))
	}
	if e.Seq != c.head.Seq+1 {
		find(Wrong("seq_expected", "seq", c.head.Seq+1))
	}
	prev := c.head.Hash
	if c.head.Seq == 0 {
		prev = Genesis
	}
	if e.PrevHash != prev {
		find(Wrong("prev_hash"))
	}
	for _, flaw := range flaws {
		find(flaw)
	}
	c.head = e.Head()
	return findings
}
