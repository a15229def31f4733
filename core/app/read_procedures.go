package app

import (
	"context"

	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/procedure"
)

// Procedure shows a procedure's latest version.
func (s *Service) Procedure(ctx context.Context, id string) (ProcedureView, error) {
	rec, err := s.Procedures.Load(ctx, id)
	if err != nil {
		return ProcedureView{}, err
	}
	return s.viewOf(ctx, rec)
}

// ProcedureVersion shows one version. The record's facts are that version's; its status the procedure's.
func (s *Service) ProcedureVersion(ctx context.Context, id string, version int) (ProcedureView, error) {
	rec, err := s.Procedures.Load(ctx, id)
	if err != nil {
		return ProcedureView{}, err
	}
	v, err := s.Definitions.Definition(ctx, id, version)
	if err != nil {
		return ProcedureView{}, err
	}
	return ProcedureView{Record: recordOf(v, rec), Definition: v}, nil
}

// ListProcedures lists procedures by id.
func (s *Service) ListProcedures(ctx context.Context, f ProcedureFilter) ([]ProcedureRecord, error) {
	return s.ProcedureList.ListProcedures(ctx, f)
}

// ListVersions lists a procedure's versions, newest first; those below the given one, 0 for all.
func (s *Service) ListVersions(ctx context.Context, id string, below, limit int) ([]VersionRecord, error) {
	if _, err := s.Procedures.Head(ctx, id); err != nil {
		return nil, err
	}
	return s.Procedures.Versions(ctx, id, below, limit)
}

func (s *Service) viewOf(ctx context.Context, rec ProcedureRecord) (ProcedureView, error) {
	v, err := s.Definitions.Definition(ctx, rec.ID, rec.Version)
	return ProcedureView{Record: rec, Definition: v}, err
}

// LintReport is what saving a document would say.
type LintReport struct {
	Issues   []fault.Issue
	Warnings []fault.Issue
	Digest   string // of the canonical form, empty when there are issues
	// Definition is what was read; nil when there are issues.
	Definition *procedure.Definition
}

// Lint checks a document and stores nothing.
func Lint(doc *jsondoc.Node, language condition.Language) LintReport {
	read, issues := procedure.Read(doc, language)
	if len(issues) > 0 {
		return LintReport{Issues: issues, Warnings: read.Warnings}
	}
	return LintReport{Warnings: read.Warnings, Digest: procedure.Digest(read.Canonical()), Definition: read.Definition}
}
