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
	// Graph is nil if there are issues.
	Graph *definitionGraph `json:"graph,omitempty"`
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
	body := lintBody{
		Valid: report.Issues.Count == 0, Digest: report.Digest,
		Issues: c.issues(report.Issues.First), Warnings: c.issues(report.Warnings.First),
		IssueCount: report.Issues.Count, WarningCount: report.Warnings.Count,
	}
	if d := report.Definition; d != nil {
		graph := newDefinitionGraph(d.In(c.locale.Wanted()).Graph(), c.locale.GraphWords().End)
		body.Graph = &graph
	}
	return jsonResponse(http.StatusOK, body, map[string]string{"Content-Language": c.locale.Language()})
}
