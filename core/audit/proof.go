package audit

// Proof shows offline that a checkpoint covers an entity's chain up to a head.
type Proof struct {
	Note  string // the signed checkpoint
	Index int64  // of the leaf in the checkpoint's tree, from 0
	Head         // where the chain ended then
	Path  []string
}

// Check opens the checkpoint and holds the proof against it: signatures, and the path from the entity's leaf to the root. That the
// chain has the proof's head is the caller's to check.
func (p Proof) Check(e Entity) (Checkpoint, error) {
	c, err := OpenCheckpoint(p.Note)
	if err != nil {
		return c, err
	}
	return c, checkPath(c, Leaf{Entity: e, Head: p.Head}, p.Index, p.Path)
}
