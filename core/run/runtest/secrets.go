package runtest

import (
	"encoding/binary"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/encoding"
)

// Secrets remembers the plain values of sensitive slots, as the rows of a database do, and counts salts.
type Secrets struct {
	Known []run.PlainValue
	salts uint64
}

// Salt returns a salt that s has not returned before.
func (s *Secrets) Salt() (salt commitment.Salt) {
	s.salts++
	binary.LittleEndian.PutUint64(salt[:], s.salts)
	return salt
}

// Add gives a command the salts and the known values that it needs.
func (s *Secrets) Add(r run.Run, c run.Command) run.Command {
	n, _ := run.SensitiveSlots(r, c)
	if n == 0 {
		return c
	}
	secrets := run.Secrets{Known: s.Known}
	for range n {
		secrets.Salts = append(secrets.Salts, s.Salt())
	}
	return run.WithSecrets(c, secrets)
}

// Keep remembers the plain values of a decision.
func (s *Secrets) Keep(d run.Decision) { s.Known = append(s.Known, d.PlainValues...) }

// Sealed returns the sealed event of e, which follows head. The function salt provides the salts of its commitments.
func Sealed(t testingT, r run.Run, head audit.Head, e run.Event, salt audit.Salts) audit.Event {
	committer := audit.NewCommitter(salt)
	payload, err := encoding.NewEncoder(r.Version, "", &e.By, committer).Encode(e.Fact)
	must(t, err)
	sealed, err := audit.Seal(audit.Run(r.ID), head, audit.Entry{
		Action: string(e.Fact.Action()), Actor: e.By.ID, OccurredAt: e.At, Payload: payload, Typed: committer,
	})
	must(t, err)
	return sealed
}

// Payload returns the opened payload of a fact.
func Payload(t testingT, v *procedure.Version, fact run.Fact) []byte {
	var s Secrets
	e := Sealed(t, run.Run{ID: "r", Version: v}, audit.Head{}, run.Event{Fact: fact}, s.Salt)
	return e.Open().Payload
}

func must(t testingT, err error) {
	if err != nil {
		t.Fatalf("%v", err)
	}
}
