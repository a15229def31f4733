package audit

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// document is the JSON of an event in responses, bundles and exports.
type document struct {
	ID         string `json:"id"`
	EntityType string `json:"entity_type"`
	EntityID   string `json:"entity_id"`
	Seq        int64  `json:"seq"`
	Action     string `json:"action"`
	Actor      string `json:"actor"`
	OccurredAt string `json:"occurred_at"`
	// Payload has the disclosed values in the places of their commitments.
	Payload     jsontext.Value `json:"payload"`
	Disclosures rawText        `json:"disclosures,omitzero"`
	Canonical   escapedText    `json:"canonical"`
	PrevHash    string         `json:"prev_hash"`
	Hash        string         `json:"hash"`
}

// MarshalJSONTo writes the event as JSON. The canonical bytes are a string, which can be hashed as it is. An event that
// was tampered with may hold other text than JSON: such a payload is written as null, such disclosures as a string.
func (e Event) MarshalJSONTo(to *jsontext.Encoder) error {
	payload := e.Open().Payload
	if !payload.IsValid() {
		payload = jsontext.Value("null")
	}
	disclosures := rawText(e.Disclosures)
	if disclosures != "" && !jsontext.Value(disclosures).IsValid() {
		quoted, _ := jsontext.AppendQuote(nil, strings.ToValidUTF8(e.Disclosures, "\uFFFD"))
		disclosures = rawText(quoted)
	}
	return json.MarshalEncode(to, document{
		ID: e.ID(), EntityType: e.Entity.Type, EntityID: e.Entity.ID, Seq: e.Seq, Action: e.Action, Actor: e.Actor,
		OccurredAt: e.OccurredAt.UTC().Format(TimeFormat), Payload: payload,
		Disclosures: disclosures, Canonical: escapedText(e.Canonical), PrevHash: e.PrevHash, Hash: e.Hash,
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
	if number, ok := strings.CutPrefix(d.ID, d.EntityID); !ok || !isSlashed(number, d.Seq) {
		return fmt.Errorf("event %q is not event %d of %q", d.ID, d.Seq, d.EntityID)
	}
	if d.EntityType == "" || d.EntityID == "" || d.Action == "" || d.Actor == "" {
		return fmt.Errorf("event %q: a member is missing or empty", d.ID)
	}
	if d.Payload == nil {
		return fmt.Errorf("event %q has no payload", d.ID)
	}
	*e = Event{
		Entity: Entity{Type: d.EntityType, ID: d.EntityID}, Seq: d.Seq, Action: d.Action, Actor: d.Actor,
		OccurredAt: at, Disclosures: string(d.Disclosures), Canonical: string(d.Canonical), PrevHash: d.PrevHash, Hash: d.Hash,
		claimed: d.Payload,
	}
	return nil
}

// isSlashed reports whether a text is a slash and the number.
func isSlashed(text string, n int64) bool {
	var buffer [24]byte
	return text == string(strconv.AppendInt(append(buffer[:0], '/'), n, 10))
}
