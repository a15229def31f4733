// Package encoding writes the facts of a run as the JSON payloads of its events, and reads them back. Each kind of
// event has a payload type of its own. Payloads must stay readable: members may be added but not changed or removed.
package encoding

import (
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"

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

// Marshal returns the payload of a fact in RFC 8785 form, in which commitments replace the typed values. The committer
// then holds their disclosures.
func Marshal(v *procedure.Version, fact run.Fact, committer *audit.Committer) ([]byte, error) {
	return NewEncoder(v, "", nil, committer).Encode(fact)
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
	case run.ActionRevealed:
		return new(revealedPayload), nil
	case run.ActionValueErased:
		return new(erasedPayload), nil
	}
	return nil, fmt.Errorf("%w: unknown action %q", ErrPayload, action)
}
