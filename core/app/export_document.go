package app

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"

	"github.com/procedo/procedo/core/audit"
)

// Line is one line of an export, or of what sinks are given: an event, or what is said of a checkpoint. One member is set.
type Line struct {
	Event *audit.Event
	Leaf  *StoredLeaf
	Note  *StoredNote
}

// checkpointLine is a checkpoint or one of its leaves. Its first member tells it from an event.
type checkpointLine struct {
	Checkpoint int64  `json:"checkpoint"`
	Note       string `json:"note,omitempty"`
	EntityType string `json:"entity_type,omitempty"`
	EntityID   string `json:"entity_id,omitempty"`
	Seq        int64  `json:"seq,omitzero"`
	Hash       string `json:"hash,omitempty"`
	Index      *int64 `json:"index,omitzero"`
}

// MarshalJSON writes the line without its end.
func (l Line) MarshalJSON() ([]byte, error) {
	switch {
	case l.Event != nil:
		return json.Marshal(l.Event)
	case l.Leaf != nil:
		of := l.Leaf
		return json.Marshal(checkpointLine{Checkpoint: of.Number, EntityType: of.Entity.Type, EntityID: of.Entity.ID, Seq: of.Seq, Hash: of.Hash, Index: &of.Index})
	}
	return json.Marshal(checkpointLine{Checkpoint: l.Note.Number, Note: l.Note.Note})
}

// ErrLine says that a text is no line of an export.
var ErrLine = errors.New("neither an event nor a checkpoint")

// ReadLine reads a line; whether it is true is ExportCheck's business.
func ReadLine(data []byte) (Line, error) {
	if !bytes.HasPrefix(data, []byte(`{"checkpoint":`)) {
		var e audit.Event
		if err := json.Unmarshal(data, &e); err != nil {
			return Line{}, fmt.Errorf("%w: %w", ErrLine, err)
		}
		return Line{Event: &e}, nil
	}
	var c checkpointLine
	if err := json.Unmarshal(data, &c); err != nil {
		return Line{}, fmt.Errorf("%w: %w", ErrLine, err)
	}
	if c.Index == nil {
		return Line{Note: &StoredNote{Number: c.Checkpoint, Note: c.Note}}, nil
	}
	return Line{Leaf: &StoredLeaf{
		Leaf:   audit.Leaf{Entity: audit.Entity{Type: c.EntityType, ID: c.EntityID}, Head: audit.Head{Seq: c.Seq, Hash: c.Hash}},
		Number: c.Checkpoint, Index: *c.Index,
	}}, nil
}
