package audit

// Proof shows that a checkpoint covers the chain of an entity up to a head. Checking it requires no database.
type Proof struct {
	Note  string   // the signed note of the checkpoint
	Index int64    // index of the leaf in the tree of the checkpoint, from 0
	Head           // head of the chain at the time of the checkpoint
	Path  []string // audit path (RFC 6962, section 2.1.1) from the leaf to the root, in hex
}

// Check verifies the signatures of the checkpoint, and the path from the leaf of the entity to the root. It returns the
// checkpoint. The caller must check that the chain of the entity contains the head.
func (p Proof) Check(e Entity) (Checkpoint, error) {
	c, err := OpenCheckpoint(p.Note)
	if err != nil {
		return c, err
	}
	return c, checkPath(c, Leaf{Entity: e, Head: p.Head}, p.Index, p.Path)
}
