package audit

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// Leaf is where an entity's chain ended when a checkpoint was made.
type Leaf struct {
	Entity Entity
	Head
}

// String is the leaf's text, which is what the tree hashes: type, id, seq and hash, a blank between them and a line feed after.
func (l Leaf) String() string {
	return fmt.Sprintf("%s %s %d %s\n", l.Entity.Type, l.Entity.ID, l.Seq, l.Hash)
}

// ParseLeaf reads a leaf's text.
func ParseLeaf(text string) (l Leaf, err error) {
	if n, _ := fmt.Sscanf(text, "%s %s %d %s\n", &l.Entity.Type, &l.Entity.ID, &l.Seq, &l.Hash); n != 4 || l.String() != text {
		return Leaf{}, fmt.Errorf("%q is not a leaf", text)
	}
	return l, nil
}

// StoredNote is a signed checkpoint as it is stored.
type StoredNote struct {
	Number int64
	Note   string
}

// StoredLeaf is a leaf with the number of its checkpoint and its index there, from 0.
type StoredLeaf struct {
	Leaf
	Number, Index int64
}

// SortLeaves sorts leaves into the order of a checkpoint's tree.
func SortLeaves(leaves []Leaf) {
	slices.SortFunc(leaves, func(a, b Leaf) int { return a.Entity.Compare(b.Entity) })
}

// Tree is the Merkle tree of RFC 6962, section 2.1, over the leaves of a checkpoint.
type Tree struct {
	count  int64
	stored []tlog.Hash
}

// Add puts one more leaf into the tree.
func (t *Tree) Add(l Leaf) {
	// The tree holds every hash that it is asked for, so that there is no error.
	hashes, _ := tlog.StoredHashes(t.count, []byte(l.String()), t)
	t.stored, t.count = append(t.stored, hashes...), t.count+1
}

// StoredTree returns the tree over the stored leaves of a checkpoint.
func StoredTree(leaves []StoredLeaf) *Tree {
	t := &Tree{}
	for _, l := range leaves {
		t.Add(l.Leaf)
	}
	return t
}

// NewTree returns the tree over leaves.
func NewTree(leaves []Leaf) *Tree {
	t := &Tree{stored: make([]tlog.Hash, 0, tlog.StoredHashCount(int64(len(leaves))))}
	for _, l := range leaves {
		t.Add(l)
	}
	return t
}

// ReadHashes gives inner nodes: tlog.HashReader.
func (t *Tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	all := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(t.stored)) {
			return nil, fmt.Errorf("node %d is not in the tree", index)
		}
		all[i] = t.stored[index]
	}
	return all, nil
}

// Count is how many leaves there are.
func (t *Tree) Count() int64 { return t.count }

// Root is the hash over all leaves, in hex.
func (t *Tree) Root() string {
	root, _ := tlog.TreeHash(t.count, t)
	return hex.EncodeToString(root[:])
}

// Path is the audit path of the leaf at an index, from the leaf upwards, in hex (RFC 6962, section 2.1.1).
func (t *Tree) Path(index int64) ([]string, error) {
	proof, err := tlog.ProveRecord(t.count, index, t)
	path := make([]string, len(proof))
	for i, h := range proof {
		path[i] = hex.EncodeToString(h[:])
	}
	return path, err
}

// mostLeaves bounds trees that are believed to be trees: tlog does not end on the largest numbers.
const mostLeaves = 1 << 40

// checkPath reports whether the leaf at an index is among those of a checkpoint.
func checkPath(c Checkpoint, l Leaf, index int64, path []string) error {
	proof := make(tlog.RecordProof, len(path))
	root, err := parseHash(c.Root)
	for i := 0; i < len(path) && err == nil; i++ {
		proof[i], err = parseHash(path[i])
	}
	if err != nil {
		return err
	}
	if index < 0 || index >= c.Leaves || c.Leaves > mostLeaves {
		return fmt.Errorf("leaf %d of %d", index, c.Leaves)
	}
	return tlog.CheckRecord(proof, c.Leaves, root, index, tlog.RecordHash([]byte(l.String())))
}

func parseHash(text string) (h tlog.Hash, err error) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != len(h) || text != strings.ToLower(text) {
		return h, fmt.Errorf("%q is not 32 bytes of hex", text)
	}
	return tlog.Hash(raw), nil
}
