// Package encoding writes the facts of a run as the JSON payloads of its events, and reads them back. Each kind of
// event has a payload type of its own. Payloads must stay readable: members may be added but not changed or removed.
package encoding

import (
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// ErrPayload means that a payload does not fit its action or the version of the procedure.
var ErrPayload = errors.New("payload does not fit its action and procedure")

// payload is the JSON form of one kind of fact.
type payload interface {
	// fact returns the fact that the payload describes. The error wraps ErrPayload if the payload names a step, slot or
	// item that the version does not have.
	fact(v *procedure.Version, runID string) (run.Fact, error)
}

// Marshal returns the payload of a fact as a JSON object.
func Marshal(v *procedure.Version, fact run.Fact) ([]byte, error) {
	p, err := payloadOf(v, fact)
	if err != nil {
		return nil, err
	}
	return json.Marshal(p)
}

// Unmarshal decodes the payload of an event of a run. It ignores unknown members. The error wraps ErrPayload if the
// action is unknown, or if the payload does not fit the action or the version.
func Unmarshal(v *procedure.Version, runID, action string, data []byte) (run.Fact, error) {
	p, err := newPayload(run.Action(action))
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(data, p); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPayload, err)
	}
	return p.fact(v, runID)
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
	case run.ActionValueErased:
		return new(erasedPayload), nil
	}
	return nil, fmt.Errorf("%w: unknown action %q", ErrPayload, action)
}

func payloadOf(v *procedure.Version, fact run.Fact) (payload, error) {
	switch f := fact.(type) {
	case run.Created:
		return &createdPayload{
			ProcedureID: v.ID, ProcedureVersion: v.Number, Digest: v.Digest,
			UserID: f.UserID, Reference: f.Reference, Metadata: f.Metadata,
			Meaning: v.Meaning,
		}, nil
	case run.Started:
		return &startedPayload{}, nil
	case run.Opened:
		return &openedPayload{visitOf(v, f.Step, f.Visit), slotNames(&v.Steps[f.Step], f.Carried), f.Conditions}, nil
	case run.DraftSaved:
		return &draftSavedPayload{contentOf(v, f.Content)}, nil
	case run.StepCommitted:
		return &committedPayload{contentOf(v, f.Content), f.Conditions}, nil
	case run.Amended:
		return &amendedPayload{contentOf(v, f.Content), f.Reason, f.Conditions, f.Divergences}, nil
	case run.StepSkipped:
		return &skippedPayload{visitOf(v, f.Step, f.Visit), f.Reason}, nil
	case run.StepNotApplicable:
		return &notApplicablePayload{v.Steps[f.Step].Key, f.Transition, f.Conditions}, nil
	case run.RunCompleted:
		return &completedPayload{f.Conditions}, nil
	case run.RunFailed:
		return &failedPayload{f.Reason}, nil
	case run.ValueErased:
		return &erasedPayload{visitOf(v, f.Step, f.Visit), v.Steps[f.Step].Slots[f.Slot].Name, f.Reason}, nil
	case run.Refused:
		return &refusedPayload{
			Command: f.Command, Step: f.Step, Code: f.Code, Params: f.Params, Issues: f.Issues, Omitted: f.Omitted,
			Input: f.Input, Unrecorded: f.Unrecorded,
		}, nil
	}
	return nil, fmt.Errorf("encoding: no payload for a fact of type %T", fact)
}
