package audit

// Proof shows that a checkpoint covers the chain of an entity up to a head. Checking it requires no database.
type Proof struct {
	Checkpoint StoredNote // only its note and its header count
	Index      int64      // index of the leaf in the log, from 0; in the earlier form, among those of the checkpoint
	Head                  // head of the chain at the time of the checkpoint
	Path       []string   // audit path (RFC 6962, section 2.1.1) from the leaf to the root, in hex
	HeaderPath []string   // audit path of the header; none in the earlier form
}

// Check verifies the signatures of the checkpoint, and the paths from its header and the leaf of the entity to the
// root. It returns the checkpoint. The caller must check that the chain of the entity contains the head.
func (p Proof) Check(e Entity) (Checkpoint, error) {
	c, err := p.Checkpoint.Open()
	if err != nil {
		return c, err
	}
	leaf := Leaf{Entity: e, Head: p.Head}.String()
	if !c.InLog() {
		root, err := parseHash(c.Root)
		if err != nil {
			return c, err
		}
		return c, checkPath(root, c.Leaves, leaf, p.Index, p.Path)
	}
	if err := checkPath(c.Log.Root, c.Log.Size, p.Checkpoint.Header, c.HeaderIndex(), p.HeaderPath); err != nil {
		return c, err
	}
	return c, checkPath(c.Log.Root, c.Log.Size, leaf, p.Index, p.Path)
}
