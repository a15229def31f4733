package app

import (
	"context"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// Replayed is what a repeated request is answered with.
type Replayed struct {
	Reply
	Run         *run.Run // nil if the answer shows a procedure
	ErasedSince bool     // something in the run was erased after the first answer
	Procedure   ProcedureView
	Answer      []byte // the whole answer, from a receipt of an earlier release; otherwise nil
}

// Replay returns what the first request with this key was answered with; ok is false if there was none. The entity is
// shown as it was then, without what has been erased since. The error is Invalid if the key was used for a request
// with another fingerprint. The principal must have the permission of the repeated operation.
func (s *UseCases) Replay(
	ctx context.Context, to access.Permission, key ReceiptKey, fingerprint Fingerprint,
) (replayed Replayed, ok bool, err error) {
	ctx, begun, err := s.admit(ctx, "Replay", to)
	if err != nil {
		return replayed, ok, err
	}
	defer begun.end(&err)
	r, ok, err := s.ports.Receipts.Find(ctx, key, s.receiptCutoff())
	if err != nil || !ok {
		return Replayed{}, false, err
	}
	if !fingerprint.Matches(r.Fingerprint) {
		return Replayed{}, false, fault.New(fault.Invalid, "idempotency.mismatch", nil)
	}
	replayed = Replayed{Reply: r.Reply, Answer: r.Answer}
	switch {
	case r.Answer != nil:
	case r.Entity.Type == audit.RunEntity:
		var shown run.Run
		shown, replayed.ErasedSince, err = s.runAt(ctx, r.Entity.ID, r.Seq)
		replayed.Run = &shown
	default:
		replayed.Procedure, err = s.procedureAt(ctx, r.Entity.ID, r.Seq)
	}
	return replayed, err == nil, err
}

// statusAfter is the status of a procedure after an event with the given action. A version can only be published while
// the procedure is active.
var statusAfter = map[procedure.Action]procedure.Status{
	procedure.ActionCreated: procedure.Active, procedure.ActionPublished: procedure.Active,
	procedure.ActionArchived: procedure.Archived, procedure.ActionUnarchived: procedure.Active,
}

// procedureAt returns a procedure as it was after its event with the given seq. Every event of a procedure holds the
// latest version, so that one event is enough.
func (s *UseCases) procedureAt(ctx context.Context, id string, seq int64) (ProcedureView, error) {
	page, err := s.ports.Trail.Events(ctx, audit.Procedure(id), seq-1, PageSize{Items: 1})
	if err != nil {
		return ProcedureView{}, err
	}
	if len(page.Items) == 0 || page.Items[0].Seq != seq {
		return ProcedureView{}, fault.New(fault.NotFound, "procedure.not_found", nil)
	}
	e := page.Items[0]
	payload, err := procedure.UnmarshalPayload(e.Open().Payload)
	if err != nil {
		return ProcedureView{}, fault.From(err)
	}
	v, err := s.ports.Definitions.Definition(ctx, id, payload.Version)
	if err != nil {
		return ProcedureView{}, err
	}
	former := procedure.Record{
		Status: statusAfter[procedure.Action(e.Action)], Head: e.Head(), LastEventAt: e.OccurredAt,
	}
	return ProcedureView{Record: procedure.RecordOf(v, former), Definition: v}, nil
}
