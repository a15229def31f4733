package audit

import (
	"bytes"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Opened is the payload of an event with the disclosed values in the places of their commitments.
type Opened struct {
	Version int64 // of the hashed form; 0 if the canonical bytes cannot be read
	Payload jsontext.Value
	// Hidden are the places of the commitments without a disclosure, which remain in the payload.
	Hidden []string
}

// IsHidden reports whether the value at a place is hidden. The place is a JSON Pointer relative to the payload.
func (o Opened) IsHidden(place string) bool { return slices.Contains(o.Hidden, place) }

// Checked is an event that has been opened, and what is wrong with it.
type Checked struct {
	Opened
	Flaws []Problem
}

// Open opens an event without verifying it.
func (e *Event) Open() Opened {
	o, _ := new(Checker).open(e)
	return o
}

// matches reports whether the opened payload equals the claimed one, which stands beside the canonical bytes in an
// export or a bundle. It returns true if there is none.
func (o Opened) matches(claimed jsontext.Value) bool {
	if claimed == nil || bytes.Equal(claimed, o.Payload) {
		return true
	}
	claimed = claimed.Clone()
	return canonicalize(&claimed) == nil && bytes.Equal(claimed, o.Payload)
}

// parsePayload decodes the payload and the version from canonical bytes that contradict the other fields of their
// event.
func parsePayload(canonical string) (payload string, v int64) {
	var doc struct {
		Payload jsontext.Value `json:"payload"`
		V       int64          `json:"v"`
	}
	if json.UnmarshalRead(strings.NewReader(canonical), &doc) != nil {
		return "", 0
	}
	return string(doc.Payload), doc.V
}
