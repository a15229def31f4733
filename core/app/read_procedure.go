package app

import (
	"context"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/procedure"
)

// ProcedureView is a procedure with one of its versions.
type ProcedureView struct {
	Record     procedure.Record
	Definition *procedure.Version
}

// Procedure returns a procedure with its latest version.
func (s *UseCases) Procedure(ctx context.Context, id string) (_ ProcedureView, err error) {
	ctx, begun, err := s.admit(ctx, "Procedure", access.Read)
	if err != nil {
		return ProcedureView{}, err
	}
	defer begun.end(&err)
	return s.view(ctx, id)
}

// ProcedureIfChanged returns a procedure with its latest version, or changed = false if the head of the procedure's
// chain is still the known one. The zero Head is the head of no procedure.
func (s *UseCases) ProcedureIfChanged(
	ctx context.Context, id string, known audit.Head,
) (v ProcedureView, changed bool, err error) {
	ctx, begun, err := s.admit(ctx, "ProcedureIfChanged", access.Read)
	if err != nil {
		return v, changed, err
	}
	defer begun.end(&err)
	if known != (audit.Head{}) {
		head, err := s.ports.Procedures.Head(ctx, id)
		if err != nil || head == known {
			return ProcedureView{}, false, err
		}
	}
	v, err = s.view(ctx, id)
	return v, true, err
}

// view is Procedure for a principal who has been admitted.
func (s *UseCases) view(ctx context.Context, id string) (ProcedureView, error) {
	rec, err := s.ports.Procedures.Load(ctx, id)
	if err != nil {
		return ProcedureView{}, err
	}
	return s.viewOf(ctx, rec)
}

func (s *UseCases) viewOf(ctx context.Context, rec procedure.Record) (ProcedureView, error) {
	v, err := s.ports.Definitions.Definition(ctx, rec.ID, rec.Version)
	return ProcedureView{Record: rec, Definition: v}, err
}
