package app

import (
	"context"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/budget"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/procedure"
)

// LintReport is the result of Lint: the issues and warnings that saving the document would return.
type LintReport struct {
	Issues     fault.IssueList
	Warnings   fault.IssueList
	Digest     string                // of the canonical form; empty when there are issues
	Definition *procedure.Definition // nil when there are issues
}

// Lint checks a document and stores nothing.
func (s *UseCases) Lint(ctx context.Context, doc *jsondoc.Node) (_ LintReport, err error) {
	ctx, begun, err := s.admit(ctx, "Lint", access.WriteDefinitions)
	if err != nil {
		return LintReport{}, err
	}
	defer begun.end(&err)
	report := Lint(ctx, doc, s.ports.Language)
	return report, budget.Interrupted(ctx)
}

// Lint checks a document without a service.
func Lint(ctx context.Context, doc *jsondoc.Node, language condition.Language) LintReport {
	read, issues := procedure.Read(ctx, doc, language)
	if issues.Count > 0 {
		return LintReport{Issues: issues, Warnings: read.Warnings}
	}
	return LintReport{
		Warnings: read.Warnings, Digest: procedure.Digest(read.Canonical()), Definition: read.Definition,
	}
}
