package storage

import (
	"encoding/hex"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
)

// ScanNote scans a checkpoint from its number, its note and its header.
func ScanNote(row Scanner) (n audit.StoredNote, err error) {
	var header *string
	if err := row.Scan(&n.Number, &n.Note, &header); err != nil {
		return n, err
	}
	n.Header, err = ReadNonEmpty(header)
	return n, err
}

// LeavesOf returns the leaves of a checkpoint with their indexes.
func LeavesOf(n app.NewCheckpoint) []audit.StoredLeaf {
	rows := make([]audit.StoredLeaf, len(n.Leaves))
	for i, l := range n.Leaves {
		rows[i] = audit.StoredLeaf{Leaf: l, Number: n.Number, Index: int64(i)}
	}
	return rows
}

// Node is a row of the table audit_nodes.
type Node struct {
	Position int64
	Hash     string
}

// NodesOf returns the nodes that a checkpoint adds to the log.
func NodesOf(n app.NewCheckpoint) []Node {
	rows := make([]Node, len(n.Nodes))
	for i, hash := range n.Nodes {
		rows[i] = Node{Position: n.Position + int64(i), Hash: hex.EncodeToString(hash[:])}
	}
	return rows
}

// ReadNodes returns the hashes of nodes at the given positions. It returns an error if one is missing or not a hash.
func ReadNodes(positions []int64, stored map[int64]string) ([]audit.Hash, error) {
	hashes := make([]audit.Hash, len(positions))
	for i, position := range positions {
		raw, err := hex.DecodeString(stored[position])
		if err != nil || len(raw) != len(hashes[i]) {
			return nil, Corrupt("node %d of the log is missing or has no valid hash", position)
		}
		hashes[i] = audit.Hash(raw)
	}
	return hashes, nil
}
