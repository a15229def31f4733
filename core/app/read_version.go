package app

import (
	"context"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/procedure"
)

// ProcedureVersion returns one version of a procedure. The view's Record describes that version, but has the current
// status of the procedure.
func (s *UseCases) ProcedureVersion(ctx context.Context, id string, version int) (_ ProcedureView, err error) {
	ctx, begun, err := s.admit(ctx, "ProcedureVersion", access.Read)
	if err != nil {
		return ProcedureView{}, err
	}
	defer begun.end(&err)
	rec, err := s.ports.Procedures.Load(ctx, id)
	if err != nil {
		return ProcedureView{}, err
	}
	v, err := s.ports.Definitions.Definition(ctx, id, version)
	if err != nil {
		return ProcedureView{}, err
	}
	return ProcedureView{Record: procedure.RecordOf(v, rec), Definition: v}, nil
}
