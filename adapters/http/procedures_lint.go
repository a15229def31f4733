package http

import (
	"context"
	"net/http"

	"github.com/procedo/procedo/api"
)

// lintBody is the response body, LintReport in the contract.
type lintBody struct {
	Valid    bool           `json:"valid"`
	Issues   []problemIssue `json:"issues"`
	Warnings []problemIssue `json:"warnings"`
	Digest   string         `json:"digest,omitempty"`
}

// LintProcedure handles POST /procedures/lint.
func (s *server) LintProcedure(
	ctx context.Context, _ api.LintProcedureRequestObject,
) (api.LintProcedureResponseObject, error) {
	doc, err := document(ctx)
	if err != nil {
		return nil, err
	}
	report, c := s.service.Lint(doc), callOf(ctx)
	return jsonResponse(http.StatusOK, lintBody{
		Valid: len(report.Issues) == 0, Digest: report.Digest,
		Issues: c.issues(report.Issues), Warnings: c.issues(report.Warnings),
	}, map[string]string{"Content-Language": c.locale.Language()})
}
