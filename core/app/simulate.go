package app

import (
	"context"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/budget"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/core/metadata"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// SimulationInput is the input of Simulate: a definition, or a version of a stored procedure.
type SimulationInput struct {
	Definition  *jsondoc.Node // nil: a stored procedure
	ProcedureID string
	Version     int           // 0: the latest
	Metadata    *jsondoc.Node // nil: none
	Answers     []run.SimulationAnswer
	ReadAnswer  AnswerReader // nil: the answers are as the slots accept them
}

// Simulate executes a version with the given answers without storing a run. It returns the version and the path that
// the answers lead to.
func (s *UseCases) Simulate(
	ctx context.Context, req Request, in SimulationInput,
) (_ *procedure.Version, _ run.Simulation, err error) {
	ctx, begun, err := s.admit(ctx, "Simulate", access.WriteDefinitions)
	if err != nil {
		return nil, run.Simulation{}, err
	}
	defer begun.end(&err)
	req.by = begun.by
	v, err := s.versionToSimulate(ctx, in)
	if err != nil {
		return nil, run.Simulation{}, err
	}
	meta, issues := metadata.Read(in.Metadata, "/metadata", "validation.type")
	for i, a := range in.Answers {
		if _, known := v.StepIndex(a.Step); !known {
			issues.Add(fault.Issue{
				Field:  jsondoc.PointerAt("/answers", i) + "/step",
				Code:   "definition.unknown_step",
				Params: fault.Params{"name": fault.Quoted(a.Step)},
			})
		}
	}
	if issues.Count > 0 {
		return nil, run.Simulation{}, issues.Fault(fault.Invalid, run.InvalidValues)
	}
	if in.ReadAnswer != nil {
		for i, a := range in.Answers {
			in.Answers[i] = in.ReadAnswer(v, a)
		}
	}
	start := run.StartParams{ID: "simulated", Version: v, UserID: req.by.ID, Metadata: meta}
	stamp := run.Stamp{By: req.by, At: s.ports.Clock.Now()}
	done := run.Simulate(ctx, start, in.Answers, stamp)
	return v, done, budget.Interrupted(ctx)
}

func (s *UseCases) versionToSimulate(ctx context.Context, in SimulationInput) (*procedure.Version, error) {
	if in.Definition != nil {
		read, issues := procedure.Read(ctx, in.Definition, s.ports.Language)
		if err := budget.Interrupted(ctx); err != nil {
			return nil, err
		}
		if issues.Count > 0 {
			return nil, issues.Fault(fault.Invalid, "definition.invalid")
		}
		digest := procedure.Digest(read.Canonical())
		return &procedure.Version{Definition: read.Definition, Number: 1, Digest: digest}, nil
	}
	rec, err := s.ports.Procedures.Load(ctx, in.ProcedureID)
	if err != nil {
		return nil, err
	}
	if in.Version == 0 {
		in.Version = rec.Version
	}
	return s.ports.Definitions.Definition(ctx, in.ProcedureID, in.Version)
}
