package http

import (
	"context"
	"net/http"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/app"
)

// ArchiveProcedure answers POST /procedures/{procedure_id}/archive.
func (s *server) ArchiveProcedure(ctx context.Context, r api.ArchiveProcedureRequestObject) (api.ArchiveProcedureResponseObject, error) {
	return s.setStatus(ctx, r.Params.IdempotencyKey, r.ProcedureID, s.service.ArchiveProcedure)
}

// UnarchiveProcedure answers POST /procedures/{procedure_id}/unarchive.
func (s *server) UnarchiveProcedure(ctx context.Context, r api.UnarchiveProcedureRequestObject) (api.UnarchiveProcedureResponseObject, error) {
	return s.setStatus(ctx, r.Params.IdempotencyKey, r.ProcedureID, s.service.UnarchiveProcedure)
}

type statusUseCase func(context.Context, app.Request, string) (app.Saved, error)

func (s *server) setStatus(ctx context.Context, key *string, id string, set statusUseCase) (answer, error) {
	render := func(result any) (answer, error) {
		return callOf(ctx).procedureAnswer(http.StatusOK, result.(app.Saved).View) //nolint:forcetypeassert // this use case has no other result
	}
	return s.idempotent(ctx, key, render, func(req app.Request) (answer, error) {
		saved, err := set(ctx, req, id)
		if err != nil {
			return answer{}, err
		}
		return render(saved)
	})
}
