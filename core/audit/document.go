package audit

import (
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// document is the JSON of an event in responses, bundles and exports.
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

// MarshalJSONTo writes the event as JSON. The canonical bytes are a string, which can be hashed as it is.
func (e Event) MarshalJSONTo(to *jsontext.Encoder) error {
	return json.MarshalEncode(to, document{
		ID: e.ID(), EntityType: e.Entity.Type, EntityID: e.Entity.ID, Seq: e.Seq, Action: e.Action, Actor: e.Actor,
		OccurredAt: e.OccurredAt.UTC().Format(TimeFormat), Payload: e.Payload, Canonical: e.Canonical,
		PrevHash: e.PrevHash, Hash: e.Hash,
	})
}

// UnmarshalJSONFrom reads an event without verifying its hashes; Chain does that. It returns an error if the id does
// not match the entity and the sequence number, because Event has no field for the id that could be checked later.
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
	if !d.payloadIsCanonical() {
		if err := d.Payload.Canonicalize(); err != nil {
			return err
		}
	}
	*e = Event{
		Entity: Entity{Type: d.EntityType, ID: d.EntityID}, Seq: d.Seq, Action: d.Action, Actor: d.Actor,
		OccurredAt: at, Payload: d.Payload, Canonical: d.Canonical, PrevHash: d.PrevHash, Hash: d.Hash,
	}
	return nil
}
