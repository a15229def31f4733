// Package audit implements the audit trail. The events of each run and procedure form a hash chain, and signed
// checkpoints record where the chains end. The package also verifies chains and checkpoints.
package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/access"
)

// TimeFormat is the layout of times in events: RFC 3339, in UTC, with six decimals.
const TimeFormat = "2006-01-02T15:04:05.000000Z"

// ParseTime parses a time in exactly the form of TimeFormat.
func ParseTime(text string) (time.Time, error) {
	const fraction, zone = len("2006-01-02T15:04:05"), len(TimeFormat) - 1
	if len(text) != len(TimeFormat) || text[fraction] != '.' || text[zone] != 'Z' {
		return time.Time{}, fmt.Errorf("%q is not a time of the form %s", text, TimeFormat)
	}
	at, err := time.Parse(time.RFC3339Nano, text) // with TimeFormat as the layout, Parse would accept a sign in the fraction
	if err == nil && at.Year() < 1 {
		err = fmt.Errorf("%q is before the year 1", text)
	}
	return at, err
}

// Event is one event in the hash chain of an entity. Canonical holds everything that is hashed; the fields before it
// repeat a part of that.
type Event struct {
	Entity      Entity
	Seq         int64
	Action      string
	Actor       string
	OccurredAt  time.Time
	Canonical   string // the canonical bytes: the event as RFC 8785 JSON
	Disclosures string // the values and salts of the commitments in Canonical; see ParseDisclosures
	PrevHash    string // hash of the previous event
	Hash        string // see Seal

	claimed jsontext.Value // the member payload of an event in an export or a bundle; nil if there is none
}

// ID returns the id of the event: "<entity_id>/<seq>".
func (e Event) ID() string { return eventID(e.Entity.ID, e.Seq) }

func eventID(entityID string, seq int64) string { return entityID + "/" + strconv.FormatInt(seq, 10) }

// Entry is the content of a new event. Seal makes it an event of a chain.
type Entry struct {
	Action     string
	Actor      string
	OccurredAt time.Time
	Payload    []byte     // any JSON object, with commitments in the places of typed values
	Typed      *Committer // the committer that made the commitments in Payload
	RequestID  string     // id of the request that caused the event; Seal adds a non-empty id as RequestIDMember
	// By is who acted. Seal adds an authenticated principal as ByMember. Nil adds nothing.
	By *access.Principal
}

// Head identifies the last event of a chain. The zero Head stands for a chain without events.
type Head struct {
	Seq  int64
	Hash string
}

// Genesis is the prev_hash of the first event: 32 zero bytes in hex.
const Genesis = "0000000000000000000000000000000000000000000000000000000000000000"

// Version is the version of the hashed form of new events. Events of version 1 contain what somebody typed; events of
// version 2 contain commitments to it.
const Version = 2

// Seal returns the event that follows the head of a chain, with the content of the entry. The event's hash is the
// SHA-256, in hex, of the 32 bytes of the previous hash followed by the canonical bytes.
func Seal(of Entity, head Head, e Entry) (Event, error) {
	payload := e.payload()
	if err := payload.Canonicalize(); err != nil {
		return Event{}, fmt.Errorf("seal %s of %s: %w", e.Action, of.ID, err)
	}
	e.Payload = payload
	return SealCanonical(of, head, e)
}

// SealCanonical is Seal for a payload that is already in RFC 8785 form, with its members RequestIDMember and ByMember.
// It checks neither, and ignores e.RequestID and e.By.
func SealCanonical(of Entity, head Head, e Entry) (Event, error) {
	sealed := Event{
		Entity: of, Seq: head.Seq + 1, Action: e.Action, Actor: e.Actor, OccurredAt: e.OccurredAt, PrevHash: head.Hash,
	}
	if head.Seq == 0 {
		sealed.PrevHash = Genesis
	}
	var buffer [2048]byte // enough for most events, and on the stack
	b := buffer[:0]
	if size := 512 + len(e.Payload) + e.Typed.size(); size > len(buffer) {
		b = make([]byte, 0, size)
	}
	b, ok := appendPrevHash(b, sealed.PrevHash)
	if !ok {
		return Event{}, fmt.Errorf("prev_hash %q is not 32 bytes in hex", sealed.PrevHash)
	}
	b = append(appendStart(b, &sealed), e.Payload...)
	b = appendEnd(b, &sealed, Version)
	sum, length := sha256.Sum256(b), len(b)-sha256.Size
	var hash [2 * sha256.Size]byte
	hex.Encode(hash[:], sum[:])
	text := string(e.Typed.appendDisclosures(b)[sha256.Size:])
	sealed.Hash, sealed.Canonical, sealed.Disclosures = string(hash[:]), text[:length], text[length:]
	return sealed, nil
}

// payload returns a copy of the payload with the members RequestIDMember and ByMember.
func (e Entry) payload() jsontext.Value {
	if len(e.Payload) < 2 {
		return jsontext.Value(e.Payload).Clone()
	}
	p := []byte{'{'}
	if e.By != nil && e.By.IsProven() {
		p = append(e.Typed.AppendBy(p, e.By), ',')
	}
	if e.RequestID != "" {
		p = append(e.Typed.AppendRequestID(p, e.RequestID), ',')
	}
	if string(e.Payload) == "{}" && len(p) > 1 {
		p = p[:len(p)-1]
	}
	return append(p, e.Payload[1:]...)
}

// Size returns the length of the event's content as it is stored, in bytes.
func (e *Event) Size() int { return len(e.Canonical) + len(e.Disclosures) }

// Head returns the sequence number and the hash of the event.
func (e Event) Head() Head { return Head{Seq: e.Seq, Hash: e.Hash} }

// appendStart appends the canonical bytes of an event up to its payload. The whole is the RFC 8785 form of {v, id,
// entity_type, entity_id, seq, action, actor, occurred_at, payload}.
func appendStart(b []byte, e *Event) []byte {
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
	text("id", e.Entity.ID) // followed by the rest of the id, within the quotes
	b = append(strconv.AppendInt(append(b[:len(b)-len(`",`)], '/'), e.Seq, 10), '"', ',')
	b = append(e.OccurredAt.UTC().AppendFormat(append(b, `"occurred_at":"`...), TimeFormat), '"', ',')
	return append(b, `"payload":`...)
}

// appendEnd appends the canonical bytes of an event after its payload; v is the version of the hashed form.
func appendEnd(b []byte, e *Event, v int64) []byte {
	b = strconv.AppendInt(append(b, `,"seq":`...), e.Seq, 10)
	return append(strconv.AppendInt(append(b, `,"v":`...), v, 10), '}')
}
