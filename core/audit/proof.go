package audit

// Proof proves offline that a checkpoint covers the chain of an entity up to a head.
type Proof struct {
	Note  string   // the signed note of the checkpoint
	Index int64    // index of the leaf in the tree of the checkpoint, from 0
	Head           // head of the chain at the time of the checkpoint
	Path  []string // audit path from the leaf to the root, in hex
}

// Check opens the checkpoint, which verifies its signatures, and verifies the path from the leaf of the entity to the
// root. It does not check whether the chain of the entity contains the head.
func (p Proof) Check(e Entity) (Checkpoint, error) {
	c, err := OpenCheckpoint(p.Note)
	if err != nil {
		return c, err
	}
	return c, checkPath(c, Leaf{Entity: e, Head: p.Head}, p.Index, p.Path)
}
