package app

import (
	"context"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/procedure"
)

// ProcedureView is a procedure with one of its versions.
type ProcedureView struct {
	Record     procedure.Record
	Definition *procedure.Version
}

// Procedure returns a procedure with its latest version.
func (s *Service) Procedure(ctx context.Context, id string) (_ ProcedureView, err error) {
	ctx, observed := s.begin(ctx, "Procedure")
	defer observed.end(&err)
	rec, err := s.ports.Procedures.Load(ctx, id)
	if err != nil {
		return ProcedureView{}, err
	}
	return s.viewOf(ctx, rec)
}

// ProcedureIfChanged returns a procedure with its latest version, or changed = false if the head of the procedure's
// chain is still the known one. The zero Head is the head of no procedure.
func (s *Service) ProcedureIfChanged(
	ctx context.Context, id string, known audit.Head,
) (v ProcedureView, changed bool, err error) {
	ctx, observed := s.begin(ctx, "ProcedureIfChanged")
	defer observed.end(&err)
	if known != (audit.Head{}) {
		head, err := s.ports.Procedures.Head(ctx, id)
		if err != nil || head == known {
			return ProcedureView{}, false, err
		}
	}
	v, err = s.Procedure(ctx, id)
	return v, true, err
}

func (s *Service) viewOf(ctx context.Context, rec procedure.Record) (ProcedureView, error) {
	v, err := s.ports.Definitions.Definition(ctx, rec.ID, rec.Version)
	return ProcedureView{Record: rec, Definition: v}, err
}
