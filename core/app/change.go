package app

import (
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/run/encoding"
)

// newRunChange applies the events of a decision to a run, seals them into the run's chain, and makes the receipt of the
// result. Every change of a run is made here.
func (s *UseCases) newRunChange(req Request, rec RunRecord, d run.Decision) (*RunChange, error) {
	after, err := run.Fold(rec.Run, d.Events)
	if err != nil {
		return nil, fault.From(err)
	}
	c := &RunChange{
		Before:      rec.Run,
		After:       after,
		PlainValues: d.PlainValues,
		Events:      make([]audit.Event, len(d.Events)),
	}
	entity, head, committer := audit.Run(after.ID), rec.Head, audit.NewCommitter(s.ports.Random.Salt)
	encoder := encoding.NewEncoder(after.Version, req.ID, &req.by, committer)
	for i, e := range d.Events {
		payload, err := encoder.Encode(e.Fact)
		if err != nil {
			return nil, fault.From(err)
		}
		c.Events[i], err = audit.SealCanonical(entity, head, audit.Entry{
			Action: string(e.Fact.Action()), Actor: e.By.ID, OccurredAt: e.At, Payload: payload, Typed: committer,
		})
		if err != nil {
			return nil, fault.From(err)
		}
		head = c.Events[i].Head()
	}
	c.Receipt = receiptOfRun(req.RunReceipt, after, d.Events[0].At)
	return c, nil
}
