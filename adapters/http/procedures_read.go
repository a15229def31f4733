package http

import (
	"context"
	"net/http"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
)

// GetProcedure handles GET /procedures/{procedure_id}.
func (s *server) GetProcedure(
	ctx context.Context, r api.GetProcedureRequestObject,
) (api.GetProcedureResponseObject, error) {
	c := callOf(ctx)
	kept, known := cachedAnswer(s.procedureAnswers, r.ProcedureID, nil, c.numbers)
	v, changed, err := s.as(ctx).ProcedureIfChanged(ctx, r.ProcedureID, known)
	if err != nil {
		return nil, err
	}
	countAnswer(s.procedureAnswers, known, changed)
	if !changed {
		return kept.to(r.Params.IfNoneMatch), nil
	}
	tag := procedureETag(v.Record, c.numbers)
	if matchesETag(r.Params.IfNoneMatch, tag) {
		return answer{tag: tag}.to(r.Params.IfNoneMatch), nil
	}
	res, err := c.procedureResponse(http.StatusOK, v, fault.IssueList{})
	if err == nil {
		rendered := answer{numbers: c.numbers, tag: tag, response: res}
		keepAnswer(s.procedureAnswers, r.ProcedureID, v.Record.Head, procedure.Languages{}, rendered)
	}
	return res, err
}
