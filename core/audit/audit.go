// Package audit is the trail: canonical bytes of events, chained by hash, and the check that proves them.
package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// TimeFormat is how instants stand in events: RFC 3339, UTC, six decimals.
const TimeFormat = "2006-01-02T15:04:05.000000Z"

// ParseTime reads exactly what TimeFormat writes.
func ParseTime(text string) (time.Time, error) {
	const fraction, zone = len("2006-01-02T15:04:05"), len(TimeFormat) - 1
	if len(text) != len(TimeFormat) || text[fraction] != '.' || text[zone] != 'Z' {
		return time.Time{}, fmt.Errorf("%q is not a time as %s", text, TimeFormat)
	}
	return time.Parse(time.RFC3339Nano, text) // which is read without looking at the layout
}

// Event is one sealed link of an entity's chain. Canonical are the hashed bytes; the rest are copies of it.
type Event struct {
	Entity     Entity
	Seq        int64
	Action     string
	Actor      string
	OccurredAt time.Time
	Payload    jsontext.Value
	Canonical  string
	PrevHash   string
	Hash       string
}

// ID names the event for ever: "<entity_id>/<seq>".
func (e Event) ID() string { return eventID(e.Entity.ID, e.Seq) }

func eventID(entityID string, seq int64) string { return entityID + "/" + strconv.FormatInt(seq, 10) }

// Entry is a fact to be sealed: its payload is any JSON object.
type Entry struct {
	Action     string
	Actor      string
	OccurredAt time.Time
	Payload    []byte
	RequestID  string // the request that caused it: becomes the payload's request_id, absent when empty
}

// Head is where a chain ends. The zero Head is a chain without events.
type Head struct {
	Seq  int64
	Hash string
}

// Genesis is the first event's prev_hash: 32 zero bytes in hex.
const Genesis = "0000000000000000000000000000000000000000000000000000000000000000"

// Seal links an entry to the chain's end. The hash is hex(SHA-256(prev_hash as 32 bytes ‖ canonical)).
func Seal(of Entity, head Head, e Entry) (Event, error) {
	payload := e.payload()
	if err := payload.Canonicalize(); err != nil {
		return Event{}, fmt.Errorf("seal %s of %s: %w", e.Action, of.ID, err)
	}
	prev := head.Hash
	if head.Seq == 0 {
		prev = Genesis
	}
	sealed := Event{
		Entity: of, Seq: head.Seq + 1, Action: e.Action, Actor: e.Actor,
		OccurredAt: e.OccurredAt, Payload: payload, PrevHash: prev,
	}
	sealed.Canonical = canonical(sealed)
	hash, err := chain(prev, sealed.Canonical)
	sealed.Hash = hash
	return sealed, err
}

// payload is the entry's object with the request's id among its members.
func (e Entry) payload() jsontext.Value {
	if e.RequestID == "" || len(e.Payload) < 2 {
		return jsontext.Value(e.Payload).Clone()
	}
	p, _ := jsontext.AppendQuote([]byte(`{"request_id":`), e.RequestID)
	if string(e.Payload) != "{}" {
		p = append(p, ',')
	}
	return append(p, e.Payload[1:]...)
}

// Head is the end of a chain whose last event this is.
func (e Event) Head() Head { return Head{Seq: e.Seq, Hash: e.Hash} }

// canonical writes the RFC 8785 form of {v, id, entity_type, entity_id, seq, action, actor, occurred_at, payload}:
// members sorted, the payload being canonical already.
func canonical(e Event) string {
	return string(appendCanonical(make([]byte, 0, 256+len(e.Payload)), &e))
}

func appendCanonical(b []byte, e *Event) []byte {
	text := func(name, value string) {
		b = append(append(append(b, '"'), name...), `":`...)
		b, _ = jsontext.AppendQuote(b, value)
		b = append(b, ',')
	}
	b = append(b, '{')
	text("action", e.Action)
	text("actor", e.Actor)
	text("entity_id", e.Entity.ID)
	text("entity_type", e.Entity.Type)
	text("id", e.ID())
	b = append(e.OccurredAt.UTC().AppendFormat(append(b, `"occurred_at":"`...), TimeFormat), '"', ',')
	b = append(append(b, `"payload":`...), e.Payload...)
	b = strconv.AppendInt(append(b, `,"seq":`...), e.Seq, 10)
	return append(b, `,"v":1}`...)
}

func chain(prev, canonical string) (string, error) {
	var out [2 * sha256.Size]byte
	if _, ok := hashOf(make([]byte, 0, sha256.Size+len(canonical)), prev, canonical, &out); !ok {
		return "", fmt.Errorf("prev_hash %q is not 32 bytes of hex", prev)
	}
	return string(out[:]), nil
}

// hashOf writes the hash in hex; scratch is grown and given back. False where prev is no hash.
func hashOf(scratch []byte, prev, canonical string, out *[2 * sha256.Size]byte) ([]byte, bool) {
	scratch, err := hex.AppendDecode(scratch[:0], []byte(prev))
	if err != nil || len(scratch) != sha256.Size {
		return scratch, false
	}
	scratch = append(scratch, canonical...)
	sum := sha256.Sum256(scratch)
	hex.Encode(out[:], sum[:])
	return scratch, true
}
