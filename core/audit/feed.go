package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// FeedRecord is an event or a checkpoint in the feed. If the event or the checkpoint is missing from storage, Event is
// nil and Note is empty.
type FeedRecord struct {
	Cursor
	Event  *Event
	Note   string // the signed note of a checkpoint
	Header string // the header of a checkpoint in the log
}

// Line returns the record as a line for an audit sink, such as a file.
func (r FeedRecord) Line() Line {
	if r.Event != nil {
		return Line{Event: r.Event}
	}
	return Line{Note: &StoredNote{Number: r.Seq, Note: r.Note, Header: r.Header}}
}

// Size returns the length of the record's texts in bytes.
func (r FeedRecord) Size() int {
	n := len(r.Note) + len(r.Header)
	if r.Event != nil {
		n += r.Event.Size()
	}
	return n
}

// ID returns the id of the event, or checkpoint/<number> for a checkpoint.
func (r FeedRecord) ID() string {
	if r.Event != nil {
		return r.Event.ID()
	}
	return CheckpointEntity + "/" + CheckpointID(r.Seq)
}

// DeliveryID returns an identifier that is unique among all records that a sink ever receives: the ID, and the
// beginning of the hash of the event or of the signed text. After a restore from a backup, other records get the IDs of
// those that were lost. The signatures of a checkpoint are not part of it, because witnesses add theirs later.
func (r FeedRecord) DeliveryID() string {
	const hexDigits = 16
	if r.Event != nil {
		return r.ID() + "/" + r.Event.Hash[:min(hexDigits, len(r.Event.Hash))]
	}
	text, _, _ := strings.Cut(r.Note, "\n\n")
	sum := sha256.Sum256([]byte(text))
	return r.ID() + "/" + hex.EncodeToString(sum[:hexDigits/2])
}

// FeedEntry is an entry of the feed: a checkpoint, or the events that one transaction appended to the chain of an
// entity. The cursor is that of the last event.
type FeedEntry struct {
	Cursor
	First     int64 // sequence number of the first of the events
	Misplaced bool  // the database cannot have assigned the position
	Unsettled bool  // open transactions may still add entries with lower positions
}

// Heads collects the latest head of each entity from entries of the feed. The zero value is ready to use.
type Heads struct {
	Leaves  []Leaf
	indexes map[Entity]int // index in Leaves of each entity
}

// Add adds an entry of the feed. hash is the hash of the entry's last event, or empty if that event is missing from
// storage. Add skips such an entry, and checkpoints.
func (h *Heads) Add(c Cursor, hash string) {
	if c.Entity.Type == CheckpointEntity || hash == "" {
		return
	}
	if h.indexes == nil {
		h.indexes = map[Entity]int{}
	}
	leaf := Leaf{Entity: c.Entity, Head: Head{Seq: c.Seq, Hash: hash}}
	if i, known := h.indexes[c.Entity]; known {
		h.Leaves[i] = leaf
		return
	}
	h.indexes[c.Entity] = len(h.Leaves)
	h.Leaves = append(h.Leaves, leaf)
}
