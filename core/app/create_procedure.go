package app

import (
	"context"
	"errors"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/budget"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/procedure"
)

// CreateProcedure stores a new procedure as version 1. If the procedure exists, a document identical to its latest
// version changes nothing, and any other document is a Conflict. A document without an id gets an id made from its
// name.
func (s *UseCases) CreateProcedure(ctx context.Context, req Request, doc *jsondoc.Node) (_ Saved, err error) {
	ctx, begun, err := s.admit(ctx, "CreateProcedure", access.WriteDefinitions)
	if err != nil {
		return Saved{}, err
	}
	defer begun.end(&err)
	req.by = begun.by
	return s.create(ctx, req, doc)
}

// create is CreateProcedure for a principal who has been admitted.
func (s *UseCases) create(ctx context.Context, req Request, doc *jsondoc.Node) (Saved, error) {
	read, issues := procedure.Read(ctx, doc, s.ports.Language)
	if err := budget.Interrupted(ctx); err != nil {
		return Saved{}, err
	}
	if issues.Count > 0 {
		return Saved{}, issues.Fault(fault.Invalid, "definition.invalid")
	}
	def := read.Definition
	if def.ID == "" {
		def.ID = procedure.MakeID(def.Name, s.ports.Random.Suffix())
	}
	for range 2 { // if another request creates the procedure meanwhile, the second attempt finds it
		saved, err := s.tryCreate(ctx, req, read)
		if !errors.Is(err, ErrMoved) {
			return saved, refusedUnlessRepeated(ctx, s, req.SavedReceipt, err)
		}
	}
	err := fault.New(fault.Conflict, "procedure.exists", nil)
	return Saved{}, refusedUnlessRepeated(ctx, s, req.SavedReceipt, err)
}

func (s *UseCases) tryCreate(ctx context.Context, req Request, read procedure.Document) (Saved, error) {
	rec, err := s.ports.Procedures.Load(ctx, read.ID)
	switch {
	case fault.Is(err, fault.NotFound):
		rec.ID = read.ID
	case err != nil:
		return Saved{}, err
	case procedure.Digest(read.Canonical()) != rec.Digest:
		return Saved{}, fault.New(fault.Conflict, "procedure.exists", fault.Params{"version": rec.Version})
	}
	return s.save(ctx, req, rec, read)
}
