package app

import (
	"context"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/procedure"
)

// ListProcedures returns a page of procedures, sorted by id.
func (s *UseCases) ListProcedures(ctx context.Context, f ProcedureFilter) (_ Page[procedure.Record], err error) {
	ctx, begun, err := s.admit(ctx, "ListProcedures", access.Read)
	if err != nil {
		return Page[procedure.Record]{}, err
	}
	defer begun.end(&err)
	return s.ports.ProcedureList.ListProcedures(ctx, f)
}
