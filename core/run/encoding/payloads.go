package encoding

import (
	"fmt"

	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// The payloads, one for each kind of fact.
type (
	createdPayload struct {
		ProcedureID      string `json:"procedure_id,omitempty"`
		ProcedureVersion int    `json:"procedure_version,omitzero"`
		Digest           string `json:"digest,omitempty"`
		UserID           typed  `json:"user_id,omitzero"`
		Reference        typed  `json:"reference,omitzero"`
		Metadata         typed  `json:"metadata,omitzero"`
		// Meaning is the meaning of the version's conditions. It is recorded here because the digest does not cover it.
		Meaning condition.Meaning `json:"conditions,omitzero"`
	}
	startedPayload struct{}
	openedPayload  struct {
		visit
		Carried   []string   `json:"carried,omitempty"` // names of slots
		Decisions []decision `json:"decisions,omitempty"`
	}
	draftSavedPayload struct{ content }
	committedPayload  struct {
		content
		Decisions []decision `json:"decisions,omitempty"`
	}
	amendedPayload struct {
		content
		Reason      typed            `json:"reason,omitzero"`
		Decisions   []decision       `json:"decisions,omitempty"`
		Divergences []run.Divergence `json:"divergences,omitempty"`
	}
	skippedPayload struct {
		visit
		Reason typed `json:"reason,omitzero"`
	}
	notApplicablePayload struct {
		Step       string     `json:"step,omitempty"`
		Transition string     `json:"transition,omitempty"`
		Decisions  []decision `json:"decisions,omitempty"`
	}
	completedPayload struct {
		Decisions []decision `json:"decisions,omitempty"`
	}
	failedPayload struct {
		Reason typed `json:"reason,omitzero"`
	}
	slotPayload struct {
		visit
		Slot   string `json:"slot,omitempty"`
		Reason typed  `json:"reason,omitzero"`
	}
	erasedPayload   struct{ slotPayload }
	revealedPayload struct{ slotPayload }
)

func (p *createdPayload) fact(r reader) (run.Fact, error) {
	if p.ProcedureID != r.version.ID || p.ProcedureVersion != r.version.Number || p.Digest != r.version.Digest {
		return nil, fmt.Errorf(
			"%w: created for %s version %d (%s)", ErrPayload, p.ProcedureID, p.ProcedureVersion, p.Digest,
		)
	}
	if p.Meaning != r.version.Meaning {
		return nil, fmt.Errorf(
			"%w: created with meaning %d of its conditions, not %d", ErrPayload, p.Meaning, r.version.Meaning,
		)
	}
	f := run.Created{RunID: r.runID, Version: r.version, UserID: p.UserID.text(), Reference: p.Reference.text()}
	if f.Metadata = p.Metadata.value; p.Metadata.isHidden(r.opened) {
		f.Metadata = nil
	}
	for _, t := range []struct {
		text   run.ErasedText
		member typed
	}{{run.ErasedReference, p.Reference}, {run.ErasedUserID, p.UserID}, {run.ErasedMetadata, p.Metadata}} {
		if t.member.isHidden(r.opened) {
			f.Hidden = append(f.Hidden, t.text)
		}
	}
	return f, nil
}

func (*startedPayload) fact(reader) (run.Fact, error) { return run.Started{}, nil }

func (p *openedPayload) fact(r reader) (run.Fact, error) {
	i, err := stepIndex(r.version, p.Step)
	if err != nil {
		return nil, err
	}
	f := run.Opened{Step: i, Visit: p.Visit, Conditions: readDecisions(p.Decisions, r.opened)}
	for _, name := range p.Carried {
		j, known := r.version.Steps[i].SlotIndex(name)
		if !known {
			return nil, fmt.Errorf("%w: step %q has no slot %q", ErrPayload, p.Step, name)
		}
		f.Carried = append(f.Carried, j)
	}
	return f, nil
}

func (p *draftSavedPayload) fact(r reader) (run.Fact, error) {
	c, err := p.read(r)
	return run.DraftSaved{Content: c}, err
}

func (p *committedPayload) fact(r reader) (run.Fact, error) {
	c, err := p.read(r)
	return run.StepCommitted{Content: c, Conditions: readDecisions(p.Decisions, r.opened)}, err
}

func (p *amendedPayload) fact(r reader) (run.Fact, error) {
	c, err := p.read(r)
	return run.Amended{
		Content: c, Reason: p.Reason.text(), Conditions: readDecisions(p.Decisions, r.opened),
		Divergences: p.Divergences,
	}, err
}

func (p *skippedPayload) fact(r reader) (run.Fact, error) {
	i, err := stepIndex(r.version, p.Step)
	return run.StepSkipped{
		Step: i, Visit: p.Visit, Reason: p.Reason.text(), Hidden: p.Reason.isHidden(r.opened),
	}, err
}

func (p *notApplicablePayload) fact(r reader) (run.Fact, error) {
	i, err := stepIndex(r.version, p.Step)
	return run.StepNotApplicable{Step: i, Transition: p.Transition, Conditions: readDecisions(p.Decisions, r.opened)}, err
}

func (p *completedPayload) fact(r reader) (run.Fact, error) {
	return run.RunCompleted{Conditions: readDecisions(p.Decisions, r.opened)}, nil
}

func (p *failedPayload) fact(reader) (run.Fact, error) {
	return run.RunFailed{Reason: p.Reason.text()}, nil
}

// find returns the indexes of the step and the slot.
func (p *slotPayload) find(v *procedure.Version) (i, j int, err error) {
	if i, err = stepIndex(v, p.Step); err != nil {
		return 0, 0, err
	}
	j, known := v.Steps[i].SlotIndex(p.Slot)
	if !known {
		return 0, 0, fmt.Errorf("%w: step %q has no slot %q", ErrPayload, p.Step, p.Slot)
	}
	return i, j, nil
}

func (p *erasedPayload) fact(r reader) (run.Fact, error) {
	i, j, err := p.find(r.version)
	return run.ValueErased{Step: i, Visit: p.Visit, Slot: j, Reason: p.Reason.text()}, err
}

func (p *revealedPayload) fact(r reader) (run.Fact, error) {
	i, j, err := p.find(r.version)
	return run.SlotRevealed{Step: i, Visit: p.Visit, Slot: j, Reason: p.Reason.text()}, err
}
