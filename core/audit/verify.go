package audit

import "fmt"

// Finding is one problem that verification found.
type Finding struct {
	Entity  Entity
	Seq     int64 // sequence number of the event; 0 if the finding is about the entity as a whole
	Problem string
	// Warning is set if the problem is no evidence of a change to the trail. Either today's rules decide differently
	// from the rules at the time of the event, or a checkpoint could not be compared with its events.
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

// Chain verifies the events of one entity, one after the other. The sequence must have no gaps, each event must hold
// the hash of the previous one, and hashes and fields must match the canonical bytes. Entity must be set.
type Chain struct {
	Entity Entity

	head    Head
	checker Checker
}

// Head returns the head after the last event that was verified.
func (c *Chain) Head() Head { return c.head }

// Check verifies the next event and its place in the chain, and opens it.
func (c *Chain) Check(e *Event) (Opened, []Finding) {
	checked := c.checker.Check(e)
	return checked.Opened, c.Link(e, checked.Flaws)
}

// Link verifies only the place of the next event in the chain. It adds a finding for each of the flaws, which the
// caller obtains from Checker.Check.
func (c *Chain) Link(e *Event, flaws []string) []Finding {
	var findings []Finding
	find := func(problem string) {
		findings = append(findings, Finding{Entity: c.Entity, Seq: e.Seq, Problem: problem})
	}
	if e.Entity != c.Entity {
		find("the event belongs to " + e.Entity.String())
	}
	if e.Seq != c.head.Seq+1 {
		find(fmt.Sprintf("the sequence number should be %d", c.head.Seq+1))
	}
	prev := c.head.Hash
	if c.head.Seq == 0 {
		prev = Genesis
	}
	if e.PrevHash != prev {
		find("prev_hash is not the hash of the previous event")
	}
	for _, flaw := range flaws {
		find(flaw)
	}
	c.head = e.Head()
	return findings
}
