package http

import (
	"context"
	"net/http"

	"github.com/procedo/procedo/api"
)

// lintBody is what LintReport declares.
type lintBody struct {
	Valid    bool           `json:"valid"`
	Issues   []problemIssue `json:"issues"`
	Warnings []problemIssue `json:"warnings"`
	Digest   string         `json:"digest,omitempty"`
}

// LintProcedure answers POST /procedures/lint.
func (s *server) LintProcedure(ctx context.Context, _ api.LintProcedureRequestObject) (api.LintProcedureResponseObject, error) {
	doc, err := document(ctx)
	if err != nil {
		return nil, err
	}
	report, c := s.service.Lint(doc), callOf(ctx)
	return jsonAnswer(http.StatusOK, lintBody{
		Valid: len(report.Issues) == 0, Issues: c.issues(report.Issues), Warnings: c.issues(report.Warnings), Digest: report.Digest,
	}, map[string]string{"Content-Language": c.locale.Language()})
}
