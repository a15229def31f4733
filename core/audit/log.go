package audit

import (
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// Log is what is needed of a log's Merkle tree to append leaves and to compute its root: the roots of the complete
// subtrees that the leaves form, largest first. The zero value is an empty log.
type Log struct {
	size int64
	edge []Hash
}

// NewLog returns a log with the hashes of the nodes that EdgeOf names.
func NewLog(size int64, edge []Hash) *Log { return &Log{size: size, edge: edge} }

// EdgeOf returns the positions of the roots of the complete subtrees of a log, largest first.
func EdgeOf(size int64) (positions []int64) {
	for before, level := int64(0), 62; level >= 0; level-- {
		if size&(1<<level) != 0 {
			positions = append(positions, tlog.StoredHashIndex(level, before>>level))
			before += 1 << level
		}
	}
	return positions
}

// NodesOf returns the number of nodes of a log. They have the positions from 0 up to this number: each leaf, followed
// by the inner nodes that it completes.
func NodesOf(size int64) int64 { return tlog.StoredHashCount(size) }

// Size returns the number of leaves.
func (l *Log) Size() int64 { return l.size }

// Append appends a leaf with the given text. It returns the hashes of the nodes that the leaf adds, by position.
func (l *Log) Append(text string) []Hash {
	nodes := []Hash{tlog.RecordHash([]byte(text))}
	for n := l.size; n&1 == 1; n >>= 1 {
		last := len(l.edge) - 1
		nodes = append(nodes, tlog.NodeHash(l.edge[last], nodes[len(nodes)-1]))
		l.edge = l.edge[:last]
	}
	l.edge, l.size = append(l.edge, nodes[len(nodes)-1]), l.size+1
	return nodes
}

// Root returns the root of the tree. The log must not be empty.
func (l *Log) Root() Hash {
	root := l.edge[len(l.edge)-1]
	for _, left := range slices.Backward(l.edge[:len(l.edge)-1]) {
		root = tlog.NodeHash(left, root)
	}
	return root
}

// Sealed is a checkpoint that was just made and signed.
type Sealed struct {
	Checkpoint
	Note  StoredNote
	Nodes []Hash // the nodes that it adds to the log, by position
}

// Seal makes and signs a checkpoint: it appends its header and the heads to the log. The fields Number, Time, Until and
// Log.Origin are given; Seal sets the others.
func (l *Log) Seal(before, c Checkpoint, heads []Leaf, keys []Key) (s Sealed, err error) {
	c.Leaves, c.Keys = int64(len(heads)), PublicKeys(keys)
	for text := range c.LogLeaves(before, heads) {
		s.Nodes = append(s.Nodes, l.Append(text)...)
	}
	c.Log.Size, c.Log.Root = l.Size(), l.Root()
	s.Checkpoint, s.Note = c, StoredNote{Number: c.Number, Header: c.Header()}
	s.Note.Note, err = c.Sign(keys)
	return s, err
}

// Nodes reads hashes of stored nodes by their positions. It returns an error if one is missing.
type Nodes func(positions []int64) ([]Hash, error)

// ProveLeaf returns the audit path of a leaf in the log of the given size (RFC 6962, section 2.1.1), in hex.
func (read Nodes) ProveLeaf(size, index int64) ([]string, error) {
	path, err := tlog.ProveRecord(size, index, tlog.HashReaderFunc(read))
	return inHex(path), err
}

// ProveGrowth returns the proof that the log of one size is the beginning of the log of a greater size (RFC 6962,
// section 2.1.2). It is empty if the sizes are equal, or if the first is 0.
func (read Nodes) ProveGrowth(from, to int64) ([]Hash, error) {
	if from == 0 || from == to {
		return nil, nil
	}
	return tlog.ProveTree(to, from, tlog.HashReaderFunc(read))
}
