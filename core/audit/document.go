package audit

import (
	"fmt"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// document is an event as it stands in answers, bundles and exports.
type document struct {
	ID         string         `json:"id"`
	EntityType string         `json:"entity_type"`
	EntityID   string         `json:"entity_id"`
	Seq        int64          `json:"seq"`
	Action     string         `json:"action"`
	Actor      string         `json:"actor"`
	OccurredAt string         `json:"occurred_at"`
	Payload    jsontext.Value `json:"payload"`
	Canonical  string         `json:"canonical"`
	PrevHash   string         `json:"prev_hash"`
	Hash       string         `json:"hash"`
}

// MarshalJSONTo writes the event with canonical as a string, so that no reader need re-make the hashed bytes.
func (e Event) MarshalJSONTo(to *jsontext.Encoder) error {
	return json.MarshalEncode(to, document{
		ID: e.ID(), EntityType: e.Entity.Type, EntityID: e.Entity.ID, Seq: e.Seq, Action: e.Action, Actor: e.Actor,
		OccurredAt: e.OccurredAt.UTC().Format(TimeFormat), Payload: e.Payload, Canonical: e.Canonical,
		PrevHash: e.PrevHash, Hash: e.Hash,
	})
}

// payloadAsHashed reports whether the payload stands in the hashed bytes as it was given.
func (d *document) payloadAsHashed() bool {
	tail := strconv.AppendInt([]byte(`,"seq":`), d.Seq, 10)
	tail = append(tail, `,"v":1}`...)
	end := len(d.Canonical) - len(tail)
	start := end - len(d.Payload)
	return start >= 0 && d.Canonical[end:] == string(tail) && d.Canonical[start:end] == string(d.Payload)
}

// UnmarshalJSONFrom reads an event; whether it is true is Chain's business. An id that is not made of entity and seq
// is refused: nothing would hold it against the canonical bytes.
func (e *Event) UnmarshalJSONFrom(from *jsontext.Decoder) error {
	var d document
	if err := json.UnmarshalDecode(from, &d); err != nil {
		return err
	}
	at, err := ParseTime(d.OccurredAt)
	if err != nil {
		return err
	}
	if d.ID != eventID(d.EntityID, d.Seq) {
		return fmt.Errorf("event %q is not event %d of %q", d.ID, d.Seq, d.EntityID)
	}
	if !d.payloadAsHashed() { // somebody wrote it in another layout
		if err := d.Payload.Canonicalize(); err != nil {
			return err
		}
	}
	*e = Event{
		Entity: Entity{Type: d.EntityType, ID: d.EntityID}, Seq: d.Seq, Action: d.Action, Actor: d.Actor, OccurredAt: at,
		Payload: d.Payload, Canonical: d.Canonical, PrevHash: d.PrevHash, Hash: d.Hash,
	}
	return nil
}
