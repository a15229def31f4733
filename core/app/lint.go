package app

import (
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/procedure"
)

// LintReport is the result of Lint: the issues and warnings that saving the document would return.
type LintReport struct {
	Issues     []fault.Issue
	Warnings   []fault.Issue
	Digest     string                // of the canonical form; empty when there are issues
	Definition *procedure.Definition // nil when there are issues
}

// Lint checks a document and stores nothing.
func (s *Service) Lint(doc *jsondoc.Node) LintReport { return Lint(doc, s.ports.Language) }

// Lint checks a document without a service.
func Lint(doc *jsondoc.Node, language condition.Language) LintReport {
	read, issues := procedure.Read(doc, language)
	if len(issues) > 0 {
		return LintReport{Issues: issues, Warnings: read.Warnings}
	}
	return LintReport{
		Warnings: read.Warnings, Digest: procedure.Digest(read.Canonical()), Definition: read.Definition,
	}
}
