package app

import (
	"context"

	"github.com/procedo/procedo/core/procedure"
)

// ListProcedures returns a page of procedures, sorted by id.
func (s *Service) ListProcedures(ctx context.Context, f ProcedureFilter) (Page[procedure.Record], error) {
	return s.ports.ProcedureList.ListProcedures(ctx, f)
}
