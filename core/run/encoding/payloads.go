package encoding

import (
	"fmt"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// The payloads, one for each kind of fact.
type (
	createdPayload struct {
		ProcedureID      string         `json:"procedure_id,omitempty"`
		ProcedureVersion int            `json:"procedure_version,omitzero"`
		Digest           string         `json:"digest,omitempty"`
		UserID           string         `json:"user_id,omitempty"`
		Reference        string         `json:"reference,omitempty"`
		Metadata         jsontext.Value `json:"metadata,omitempty"`
		// Meaning is the meaning of the version's conditions. It is recorded here because the digest does not cover it.
		Meaning condition.Meaning `json:"conditions,omitzero"`
	}
	startedPayload struct{}
	openedPayload  struct {
		visit
		Carried   []string              `json:"carried,omitempty"` // names of slots
		Decisions []run.ConditionResult `json:"decisions,omitempty"`
	}
	draftSavedPayload struct{ content }
	committedPayload  struct {
		content
		Decisions []run.ConditionResult `json:"decisions,omitempty"`
	}
	amendedPayload struct {
		content
		Reason      string                `json:"reason,omitempty"`
		Decisions   []run.ConditionResult `json:"decisions,omitempty"`
		Divergences []run.Divergence      `json:"divergences,omitempty"`
	}
	skippedPayload struct {
		visit
		Reason string `json:"reason,omitempty"`
	}
	notApplicablePayload struct {
		Step       string                `json:"step,omitempty"`
		Transition string                `json:"transition,omitempty"`
		Decisions  []run.ConditionResult `json:"decisions,omitempty"`
	}
	completedPayload struct {
		Decisions []run.ConditionResult `json:"decisions,omitempty"`
	}
	failedPayload struct {
		Reason string `json:"reason,omitempty"`
	}
	erasedPayload struct {
		visit
		Slot   string `json:"slot,omitempty"`
		Reason string `json:"reason,omitempty"`
	}
	refusedPayload struct {
		Command    string        `json:"command,omitempty"`
		Step       string        `json:"step,omitempty"`
		Code       string        `json:"code,omitempty"`
		Params     fault.Params  `json:"params,omitempty"`
		Issues     []fault.Issue `json:"issues,omitempty"`
		Omitted    int           `json:"issues_omitted,omitzero"`
		Input      string        `json:"input,omitempty"`
		Unrecorded int           `json:"unrecorded,omitzero"`
	}
)

func (p *createdPayload) fact(v *procedure.Version, runID string) (run.Fact, error) {
	if p.ProcedureID != v.ID || p.ProcedureVersion != v.Number || p.Digest != v.Digest {
		return nil, fmt.Errorf(
			"%w: created for %s version %d (%s)", ErrPayload, p.ProcedureID, p.ProcedureVersion, p.Digest,
		)
	}
	if p.Meaning != v.Meaning {
		return nil, fmt.Errorf(
			"%w: created with meaning %d of its conditions, not %d", ErrPayload, p.Meaning, v.Meaning,
		)
	}
	return run.Created{RunID: runID, Version: v, UserID: p.UserID, Reference: p.Reference, Metadata: p.Metadata}, nil
}

func (*startedPayload) fact(*procedure.Version, string) (run.Fact, error) { return run.Started{}, nil }

func (p *openedPayload) fact(v *procedure.Version, _ string) (run.Fact, error) {
	i, err := stepIndex(v, p.Step)
	if err != nil {
		return nil, err
	}
	f := run.Opened{Step: i, Visit: p.Visit, Conditions: p.Decisions}
	for _, name := range p.Carried {
		j, known := v.Steps[i].SlotIndex(name)
		if !known {
			return nil, fmt.Errorf("%w: step %q has no slot %q", ErrPayload, p.Step, name)
		}
		f.Carried = append(f.Carried, j)
	}
	return f, nil
}

func (p *draftSavedPayload) fact(v *procedure.Version, _ string) (run.Fact, error) {
	c, err := p.read(v)
	return run.DraftSaved{Content: c}, err
}

func (p *committedPayload) fact(v *procedure.Version, _ string) (run.Fact, error) {
	c, err := p.read(v)
	return run.StepCommitted{Content: c, Conditions: p.Decisions}, err
}

func (p *amendedPayload) fact(v *procedure.Version, _ string) (run.Fact, error) {
	c, err := p.read(v)
	return run.Amended{Content: c, Reason: p.Reason, Conditions: p.Decisions, Divergences: p.Divergences}, err
}

func (p *skippedPayload) fact(v *procedure.Version, _ string) (run.Fact, error) {
	i, err := stepIndex(v, p.Step)
	return run.StepSkipped{Step: i, Visit: p.Visit, Reason: p.Reason}, err
}

func (p *notApplicablePayload) fact(v *procedure.Version, _ string) (run.Fact, error) {
	i, err := stepIndex(v, p.Step)
	return run.StepNotApplicable{Step: i, Transition: p.Transition, Conditions: p.Decisions}, err
}

func (p *completedPayload) fact(*procedure.Version, string) (run.Fact, error) {
	return run.RunCompleted{Conditions: p.Decisions}, nil
}

func (p *failedPayload) fact(*procedure.Version, string) (run.Fact, error) {
	return run.RunFailed{Reason: p.Reason}, nil
}

func (p *erasedPayload) fact(v *procedure.Version, _ string) (run.Fact, error) {
	i, err := stepIndex(v, p.Step)
	if err != nil {
		return nil, err
	}
	j, known := v.Steps[i].SlotIndex(p.Slot)
	if !known {
		return nil, fmt.Errorf("%w: step %q has no slot %q", ErrPayload, p.Step, p.Slot)
	}
	return run.ValueErased{Step: i, Visit: p.Visit, Slot: j, Reason: p.Reason}, nil
}

func (p *refusedPayload) fact(*procedure.Version, string) (run.Fact, error) {
	return run.Refused{
		Command: p.Command, Step: p.Step, Code: p.Code, Params: p.Params, Issues: p.Issues, Omitted: p.Omitted,
		Input: p.Input, Unrecorded: p.Unrecorded,
	}, nil
}
