package procedure

import (
	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/core/condition"
)

// Action is the kind of an event in the audit trail of a procedure. The meaning of an existing action must not change,
// because stored events contain it.
type Action string

// The actions of a procedure's audit trail.
const (
	ActionCreated    Action = "procedure.created"
	ActionPublished  Action = "procedure.version_published"
	ActionArchived   Action = "procedure.archived"
	ActionUnarchived Action = "procedure.unarchived"
)

// Actions holds all actions of a procedure's audit trail.
var Actions = []Action{ActionCreated, ActionPublished, ActionArchived, ActionUnarchived}

// Payload is the payload of every event of a procedure: the latest version after the event.
type Payload struct {
	Version int               `json:"version"`
	Digest  string            `json:"digest"`
	Meaning condition.Meaning `json:"conditions,omitzero"` // of the version's conditions
}

// MarshalPayload returns the payload of an event as JSON. r is the procedure's record after the event.
func MarshalPayload(r Record) ([]byte, error) {
	return json.Marshal(Payload{Version: r.Version, Digest: r.Digest, Meaning: r.Meaning})
}

// UnmarshalPayload parses the payload of an event.
func UnmarshalPayload(data []byte) (p Payload, err error) {
	return p, json.Unmarshal(data, &p)
}
