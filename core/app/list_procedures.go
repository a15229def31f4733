package app

import (
	"context"

	"github.com/procedo/procedo/core/procedure"
)

// ListProcedures returns a page of procedures, sorted by id.
func (s *Service) ListProcedures(ctx context.Context, f ProcedureFilter) (_ Page[procedure.Record], err error) {
	ctx, observed := s.begin(ctx, "ListProcedures")
	defer observed.end(&err)
	return s.ports.ProcedureList.ListProcedures(ctx, f)
}
