// Package encoding writes the facts of a run as the JSON payloads of its events, and reads them back. Each kind of
// event has a payload type of its own. Payloads must stay readable: members may be added but not changed or removed.
package encoding

import (
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// ErrPayload means that a payload does not fit its action or the version of the procedure.
var ErrPayload = errors.New("payload does not fit its action and procedure")

// payload is the JSON form of one kind of fact.
type payload interface {
	// fact returns the fact that the payload describes. The error wraps ErrPayload if the payload names a step, slot or
	// item that the version does not have.
	fact(r reader) (run.Fact, error)
}

// reader holds what is needed to read a payload.
type reader struct {
	version *procedure.Version
	runID   string
	opened  audit.Opened
}

// writer holds what is needed to write a payload.
type writer struct {
	version   *procedure.Version
	committer *audit.Committer
}

func (w writer) text(text string) typed { return typedText(text, w.committer) }

// json returns the member for a JSON value. If raw is not JSON, the member gets no committer, and writing it fails.
func (w writer) json(raw jsontext.Value) typed {
	t, err := typedJSON(raw, w.committer)
	if err != nil {
		t.committer = nil
	}
	return t
}

// Marshal returns the payload of a fact as a JSON object, in which commitments replace the typed values. The committer
// collects their disclosures.
func Marshal(v *procedure.Version, fact run.Fact, committer *audit.Committer) ([]byte, error) {
	p, err := writer{v, committer}.payload(fact)
	if err != nil {
		return nil, err
	}
	return json.Marshal(p)
}

// Unmarshal decodes the opened payload of an event of a run. It ignores unknown members and leaves hidden values out.
// The error wraps ErrPayload if the action is unknown, or if the payload does not fit the action or the version.
func Unmarshal(v *procedure.Version, runID, action string, o audit.Opened) (run.Fact, error) {
	p, err := newPayload(run.Action(action))
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(o.Payload, p); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPayload, err)
	}
	return p.fact(reader{v, runID, o})
}

// newPayload returns an empty payload of the type that belongs to the action.
func newPayload(action run.Action) (payload, error) {
	//exhaustive:enforce
	switch action {
	case run.ActionCreated:
		return new(createdPayload), nil
	case run.ActionStarted:
		return new(startedPayload), nil
	case run.ActionCompleted:
		return new(completedPayload), nil
	case run.ActionFailed:
		return new(failedPayload), nil
	case run.ActionRefused, run.ActionDraftRefused, run.ActionCommitRefused:
		return new(refusedPayload), nil
	case run.ActionOpened:
		return new(openedPayload), nil
	case run.ActionDraftSaved:
		return new(draftSavedPayload), nil
	case run.ActionCommitted:
		return new(committedPayload), nil
	case run.ActionAmended:
		return new(amendedPayload), nil
	case run.ActionSkipped:
		return new(skippedPayload), nil
	case run.ActionNotApplicable:
		return new(notApplicablePayload), nil
	case run.ActionContentErased:
		return new(contentErasedPayload), nil
	case run.ActionValueErased:
		return new(erasedPayload), nil
	}
	return nil, fmt.Errorf("%w: unknown action %q", ErrPayload, action)
}

func (w writer) payload(fact run.Fact) (payload, error) {
	v := w.version
	switch f := fact.(type) {
	case run.Created:
		return &createdPayload{
			ProcedureID: v.ID, ProcedureVersion: v.Number, Digest: v.Digest,
			UserID: w.text(f.UserID), Reference: w.text(f.Reference), Metadata: w.json(f.Metadata),
			Meaning: v.Meaning,
		}, nil
	case run.Started:
		return &startedPayload{}, nil
	case run.Opened:
		return &openedPayload{w.visit(f.Step, f.Visit), slotNames(&v.Steps[f.Step], f.Carried), w.decisions(f.Conditions)}, nil
	case run.DraftSaved:
		return &draftSavedPayload{w.content(f.Content)}, nil
	case run.StepCommitted:
		return &committedPayload{w.content(f.Content), w.decisions(f.Conditions)}, nil
	case run.Amended:
		return &amendedPayload{w.content(f.Content), w.text(f.Reason), w.decisions(f.Conditions), f.Divergences}, nil
	case run.StepSkipped:
		return &skippedPayload{w.visit(f.Step, f.Visit), w.text(f.Reason)}, nil
	case run.StepNotApplicable:
		return &notApplicablePayload{v.Steps[f.Step].Key, f.Transition, w.decisions(f.Conditions)}, nil
	case run.RunCompleted:
		return &completedPayload{w.decisions(f.Conditions)}, nil
	case run.RunFailed:
		return &failedPayload{w.text(f.Reason)}, nil
	case run.ContentErased:
		return w.contentErased(f), nil
	case run.ValueErased:
		return &erasedPayload{w.visit(f.Step, f.Visit), v.Steps[f.Step].Slots[f.Slot].Name, w.text(f.Reason)}, nil
	case run.Refused:
		return w.refused(f), nil
	}
	return nil, fmt.Errorf("encoding: no payload for a fact of type %T", fact)
}
