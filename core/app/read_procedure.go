package app

import (
	"context"

	"github.com/procedo/procedo/core/procedure"
)

// ProcedureView is a procedure with one of its versions.
type ProcedureView struct {
	Record     procedure.Record
	Definition *procedure.Version
}

// Procedure returns a procedure with its latest version.
func (s *Service) Procedure(ctx context.Context, id string) (ProcedureView, error) {
	rec, err := s.ports.Procedures.Load(ctx, id)
	if err != nil {
		return ProcedureView{}, err
	}
	return s.viewOf(ctx, rec)
}

func (s *Service) viewOf(ctx context.Context, rec procedure.Record) (ProcedureView, error) {
	v, err := s.ports.Definitions.Definition(ctx, rec.ID, rec.Version)
	return ProcedureView{Record: rec, Definition: v}, err
}
