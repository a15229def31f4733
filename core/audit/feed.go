package audit

// FeedRecord is an event or a checkpoint with its place in the feed. Both are missing where a trail lacks what the feed says
// was committed.
type FeedRecord struct {
	Cursor
	Event *Event
	Note  string // the signed note of a checkpoint
}

// Line returns the record in the form in which sinks write it.
func (r FeedRecord) Line() Line {
	if r.Event != nil {
		return Line{Event: r.Event}
	}
	return Line{Note: &StoredNote{Number: r.Seq, Note: r.Note}}
}

// ID returns an id that never changes: an event's id, or checkpoint/<number>.
func (r FeedRecord) ID() string {
	if r.Event != nil {
		return r.Event.ID()
	}
	return CheckpointEntity + "/" + CheckpointID(r.Seq)
}

// FeedEntry is the feed's entry of one commit. Its cursor is that of the commit's last event.
type FeedEntry struct {
	Cursor
	First     int64 // seq of the commit's first event
	Misplaced bool  // no commit can have been given this position
}

// Heads collects the latest head of each entity that entries of the feed name. The zero value is ready to use.
type Heads struct {
	Leaves []Leaf
	places map[Entity]int
}

// Add takes an entry of the feed and the hash of its last event. Entries of checkpoints, and entries whose event is missing
// (an empty hash), are skipped.
func (h *Heads) Add(c Cursor, hash string) {
	if c.Entity.Type == CheckpointEntity || hash == "" {
		return
	}
	if h.places == nil {
		h.places = map[Entity]int{}
	}
	leaf := Leaf{Entity: c.Entity, Head: Head{Seq: c.Seq, Hash: hash}}
	if i, known := h.places[c.Entity]; known {
		h.Leaves[i] = leaf
		return
	}
	h.places[c.Entity] = len(h.Leaves)
	h.Leaves = append(h.Leaves, leaf)
}
