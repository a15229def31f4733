package app

import (
	"context"
	"errors"
	"slices"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/budget"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/procedure"
)

// PublishProcedure stores the next version of an existing procedure; an identical document changes nothing. The error
// is PreconditionNeeded for a request without a condition, Stale if the condition does not hold, and Conflict for an
// archived procedure.
func (s *UseCases) PublishProcedure(ctx context.Context, req Request, id string, doc *jsondoc.Node) (_ Saved, err error) {
	ctx, begun, err := s.admit(ctx, "PublishProcedure", access.WriteDefinitions)
	if err != nil {
		return Saved{}, err
	}
	defer begun.end(&err)
	req.by = begun.by
	return s.publish(ctx, req, id, doc)
}

// publish is PublishProcedure for a principal who has been admitted.
func (s *UseCases) publish(ctx context.Context, req Request, id string, doc *jsondoc.Node) (Saved, error) {
	rec, err := s.ports.Procedures.Load(ctx, id)
	if err != nil {
		return Saved{}, err
	}
	if err := checkPublish(req.IfMatch, rec); err != nil {
		return Saved{}, refusedUnlessRepeated(ctx, s, req.SavedReceipt, err)
	}
	read, issues := procedure.Read(ctx, doc, s.ports.Language)
	if err := budget.Interrupted(ctx); err != nil {
		return Saved{}, err
	}
	if read.Definition != nil && read.ID == "" {
		read.ID = id
	}
	if read.Definition != nil && read.ID != id {
		issues.Add(fault.Issue{
			Field: "/id", Code: "definition.id_mismatch", Params: fault.Params{"expected": id},
		})
	}
	if issues.Count > 0 {
		return Saved{}, issues.Fault(fault.Invalid, "definition.invalid")
	}
	saved, err := s.save(ctx, req, rec, read)
	if errors.Is(err, ErrMoved) {
		return Saved{}, refusedUnlessRepeated(ctx, s, req.SavedReceipt, fault.New(fault.Stale, "procedure.stale", nil))
	}
	return saved, err
}

func checkPublish(c *Condition, rec procedure.Record) error {
	switch {
	case c == nil:
		return fault.New(fault.PreconditionNeeded, "request.precondition_required", nil)
	case !c.Any && !slices.Contains(c.Tags, rec.Tag()):
		return c.unmet("procedure.stale", fault.Params{"version": rec.Version})
	case rec.Status == procedure.Archived:
		return fault.New(fault.Conflict, "procedure.archived", nil)
	}
	return nil
}
