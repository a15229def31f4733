package http

import (
	"context"
	"net/http"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/app"
)

// ArchiveProcedure handles POST /procedures/{procedure_id}/archive.
func (s *server) ArchiveProcedure(
	ctx context.Context, r api.ArchiveProcedureRequestObject,
) (api.ArchiveProcedureResponseObject, error) {
	return s.setStatus(ctx, r.Params.IdempotencyKey, r.ProcedureID, s.as(ctx).ArchiveProcedure)
}

// UnarchiveProcedure handles POST /procedures/{procedure_id}/unarchive.
func (s *server) UnarchiveProcedure(
	ctx context.Context, r api.UnarchiveProcedureRequestObject,
) (api.UnarchiveProcedureResponseObject, error) {
	return s.setStatus(ctx, r.Params.IdempotencyKey, r.ProcedureID, s.as(ctx).UnarchiveProcedure)
}

type statusUseCase func(context.Context, app.Request, string) (app.Saved, error)

func (s *server) setStatus(ctx context.Context, key *string, id string, set statusUseCase) (response, error) {
	return idempotent(ctx, s, key, procedureOperation(func(req app.Request) (app.Saved, error) {
		return set(ctx, req, id)
	}, procedureRenderer(ctx, func(app.Saved) app.Reply { return app.Reply{Status: http.StatusOK} })))
}
