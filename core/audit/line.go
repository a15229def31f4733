package audit

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
)

// Line is a line of an export, or of the output of an audit sink. Exactly one field is set.
type Line struct {
	Event *Event
	Leaf  *StoredLeaf
	Note  *StoredNote
}

// checkpointLine is the JSON form of a checkpoint or of a leaf. An event never begins with the member "checkpoint".
type checkpointLine struct {
	Checkpoint int64  `json:"checkpoint"`
	Note       string `json:"note,omitempty"`
	Header     string `json:"header,omitempty"`
	EntityType string `json:"entity_type,omitempty"`
	EntityID   string `json:"entity_id,omitempty"`
	Seq        int64  `json:"seq,omitzero"`
	Hash       string `json:"hash,omitempty"`
	Index      *int64 `json:"index,omitzero"`
}

// isComplete reports whether the line has the members of a leaf or, without an index, those of a checkpoint.
func (c *checkpointLine) isComplete() bool {
	if c.Index == nil {
		return c.Note != ""
	}
	return c.EntityType != "" && c.EntityID != "" && c.Hash != ""
}

// checkpointPrefix is how every checkpointLine begins.
const checkpointPrefix = `{"checkpoint":`

// IsCheckpointLine reports whether a line holds a checkpoint or a leaf rather than an event.
func IsCheckpointLine(line []byte) bool { return bytes.HasPrefix(line, []byte(checkpointPrefix)) }

// MarshalJSON returns the JSON of the field that is set.
func (l Line) MarshalJSON() ([]byte, error) {
	switch {
	case l.Event != nil:
		return json.Marshal(l.Event)
	case l.Leaf != nil:
		leaf := l.Leaf
		return json.Marshal(checkpointLine{
			Checkpoint: leaf.Number, EntityType: leaf.Entity.Type, EntityID: leaf.Entity.ID, Seq: leaf.Seq,
			Hash: leaf.Hash, Index: &leaf.Index,
		})
	case l.Note != nil:
		return json.Marshal(checkpointLine{Checkpoint: l.Note.Number, Note: l.Note.Note, Header: l.Note.Header})
	}
	return nil, ErrLine
}

// ErrLine means that a text is not a Line.
var ErrLine = errors.New("it is neither an event nor a checkpoint")

// ReadLine parses a line without verifying its content. It returns ErrLine if the text is not a line.
func ReadLine(data []byte) (Line, error) {
	if err := CheckNesting(data); err != nil {
		return Line{}, fmt.Errorf("%w: %w", ErrLine, err)
	}
	if !IsCheckpointLine(data) {
		var e Event
		if err := json.Unmarshal(data, &e); err != nil {
			return Line{}, fmt.Errorf("%w: %w", ErrLine, err)
		}
		return Line{Event: &e}, nil
	}
	var c checkpointLine
	if err := json.Unmarshal(data, &c); err != nil {
		return Line{}, fmt.Errorf("%w: %w", ErrLine, err)
	}
	if !c.isComplete() {
		return Line{}, fmt.Errorf("%w: a member is missing or empty", ErrLine)
	}
	if c.Index == nil {
		return Line{Note: &StoredNote{Number: c.Checkpoint, Note: c.Note, Header: c.Header}}, nil
	}
	return Line{Leaf: &StoredLeaf{
		Leaf:   Leaf{Entity: Entity{Type: c.EntityType, ID: c.EntityID}, Head: Head{Seq: c.Seq, Hash: c.Hash}},
		Number: c.Checkpoint, Index: *c.Index,
	}}, nil
}
