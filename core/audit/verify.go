package audit

import "fmt"

// Finding is one thing wrong with a trail.
type Finding struct {
	Entity  Entity
	Seq     int64 // sequence number of the event; 0 if the finding is about the entity as a whole
	Problem string
	// Warning is set if the finding does not show that the record is wrong: today's rules decide differently from those
	// in force when the event was recorded, or a checkpoint could not be compared with its events.
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

// Chain verifies the events of one entity, one after the other: that their sequence has no gaps, that each holds the
// hash of the previous one, and that hashes and copies match the canonical bytes. Entity must be set.
type Chain struct {
	Entity Entity

	head    Head
	checker Checker
}

// Head returns the head after the last event that was verified.
func (c *Chain) Head() Head { return c.head }

// Check verifies the next event.
func (c *Chain) Check(e *Event) []Finding { return c.Link(e, c.checker.Flaws(e)) }

// Link verifies the place of the next event in the chain. The findings include the flaws of the event, which the
// caller has found with a Checker.
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
