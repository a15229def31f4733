package audit

// FeedRecord is an event or a checkpoint in the feed. If it is missing from storage, the record has neither.
type FeedRecord struct {
	Cursor
	Event *Event
	Note  string // the signed note of a checkpoint
}

// Line returns the record as a line of a sink.
func (r FeedRecord) Line() Line {
	if r.Event != nil {
		return Line{Event: r.Event}
	}
	return Line{Note: &StoredNote{Number: r.Seq, Note: r.Note}}
}

// ID returns the id of the record, which never changes: that of the event, or checkpoint/<number>.
func (r FeedRecord) ID() string {
	if r.Event != nil {
		return r.Event.ID()
	}
	return CheckpointEntity + "/" + CheckpointID(r.Seq)
}

// FeedEntry is the entry of a commit in the feed. Its cursor is that of the last event of the commit.
type FeedEntry struct {
	Cursor
	First     int64 // sequence number of the first event of the commit
	Misplaced bool  // whether the position is one that no commit can have been given
	Unsettled bool  // whether entries with lower positions may still be committed
}

// Heads collects the latest head of each entity in a part of the feed. The zero value is ready to use.
type Heads struct {
	Leaves  []Leaf
	indexes map[Entity]int // into Leaves
}

// Add adds an entry of the feed, with the hash of its last event. It skips checkpoints, and entries whose event is
// missing and whose hash is therefore empty.
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
