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
	// The numbers of all issues and warnings, of which the lists have the first.
	IssueCount   int `json:"issue_count"`
	WarningCount int `json:"warning_count"`
}

// LintProcedure handles POST /procedures/lint.
func (s *server) LintProcedure(
	ctx context.Context, _ api.LintProcedureRequestObject,
) (api.LintProcedureResponseObject, error) {
	c := callOf(ctx)
	report, err := s.as(ctx).Lint(ctx, c.numbers.readDefinition(c.document))
	if err != nil {
		return nil, err
	}
	return jsonResponse(http.StatusOK, lintBody{
		Valid: report.Issues.Count == 0, Digest: report.Digest,
		Issues: c.issues(report.Issues.First), Warnings: c.issues(report.Warnings.First),
		IssueCount: report.Issues.Count, WarningCount: report.Warnings.Count,
	}, map[string]string{"Content-Language": c.locale.Language()})
}
