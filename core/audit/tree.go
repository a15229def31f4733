package audit

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// Leaf is the head of an entity's chain at the time of a checkpoint.
type Leaf struct {
	Entity Entity
	Head
}

// String returns the text that the tree hashes for the leaf: type, id, sequence number and hash, separated by spaces
// and followed by a line feed.
func (l Leaf) String() string {
	return fmt.Sprintf("%s %s %d %s\n", l.Entity.Type, l.Entity.ID, l.Seq, l.Hash)
}

// ParseLeaf parses the text of a leaf.
func ParseLeaf(text string) (l Leaf, err error) {
	n, _ := fmt.Sscanf(text, "%s %s %d %s\n", &l.Entity.Type, &l.Entity.ID, &l.Seq, &l.Hash)
	if n != 4 || l.String() != text {
		return Leaf{}, fmt.Errorf("%q is not a leaf", text)
	}
	return l, nil
}

// StoredLeaf is a stored leaf, with the number of its checkpoint and its index in the tree, from 0.
type StoredLeaf struct {
	Leaf
	Number, Index int64
}

// SortLeaves sorts leaves by entity, as in the tree of a checkpoint.
func SortLeaves(leaves []Leaf) {
	slices.SortFunc(leaves, func(a, b Leaf) int { return a.Entity.Compare(b.Entity) })
}

// Tree is the Merkle tree of RFC 6962, section 2.1, over the leaves of a checkpoint of an earlier release.
type Tree struct {
	count  int64
	stored []Hash
}

// Add appends a leaf to the tree.
func (t *Tree) Add(l Leaf) {
	// StoredHashes fails only if ReadHashes fails, and ReadHashes has all hashes of the tree.
	hashes, _ := tlog.StoredHashes(t.count, []byte(l.String()), t)
	t.stored, t.count = append(t.stored, hashes...), t.count+1
}

// StoredTree returns the tree over stored leaves, in the order given.
func StoredTree(leaves []StoredLeaf) *Tree {
	t := &Tree{}
	for _, l := range leaves {
		t.Add(l.Leaf)
	}
	return t
}

// NewTree returns the tree over leaves, in the order given.
func NewTree(leaves []Leaf) *Tree {
	t := &Tree{stored: make([]Hash, 0, tlog.StoredHashCount(int64(len(leaves))))}
	for _, l := range leaves {
		t.Add(l)
	}
	return t
}

// ReadHashes returns the hashes at storage indexes as tlog defines them. It implements HashReader.
func (t *Tree) ReadHashes(indexes []int64) ([]Hash, error) {
	all := make([]Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(t.stored)) {
			return nil, fmt.Errorf("node %d is not in the tree", index)
		}
		all[i] = t.stored[index]
	}
	return all, nil
}

// Count returns the number of leaves.
func (t *Tree) Count() int64 { return t.count }

// Root returns the hash of the root, in hex.
func (t *Tree) Root() string {
	root, _ := tlog.TreeHash(t.count, t)
	return hex.EncodeToString(root[:])
}

// Path returns the audit path of the leaf at an index (RFC 6962, section 2.1.1), from the leaf to the root, in hex.
func (t *Tree) Path(index int64) ([]string, error) {
	path, err := tlog.ProveRecord(t.count, index, t)
	return inHex(path), err
}

// inHex returns hashes in hex.
func inHex(hashes []Hash) []string {
	texts := make([]string, len(hashes))
	for i, h := range hashes {
		texts[i] = hex.EncodeToString(h[:])
	}
	return texts
}

// checkPath verifies by an audit path that a leaf with a text is at the index in a tree.
func checkPath(root Hash, size int64, text string, index int64, path []string) (err error) {
	proof := make(tlog.RecordProof, len(path))
	for i := 0; i < len(path) && err == nil; i++ {
		proof[i], err = parseHash(path[i])
	}
	if err != nil {
		return err
	}
	if index < 0 || index >= size || size > maxLeaves {
		return fmt.Errorf("the tree of %d leaves has no leaf %d", size, index)
	}
	return tlog.CheckRecord(proof, size, root, index, tlog.RecordHash([]byte(text)))
}

// parseHash parses a hash in lower-case hex.
func parseHash(text string) (h Hash, err error) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != len(h) || text != strings.ToLower(text) {
		return h, fmt.Errorf("%q is not 32 bytes in hex", text)
	}
	return Hash(raw), nil
}
