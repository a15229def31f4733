package apptest

import (
	"context"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
)

// EarlierCheckpoints stores checkpoints as earlier releases made them: each with a tree of its own and with the hash of
// the previous one, without a log.
type EarlierCheckpoints struct {
	app.Checkpoints
	Keys []audit.Key
}

// AppendCheckpoint stores a checkpoint in the earlier form.
func (e EarlierCheckpoints) AppendCheckpoint(ctx context.Context, n app.NewCheckpoint) error {
	c, err := n.Open()
	if err != nil {
		return err
	}
	c.Log, c.Previous, c.Root = audit.LogHead{}, audit.Genesis, audit.NewTree(n.Leaves).Root()
	before, err := e.Checkpoint(ctx, 0)
	if err != nil {
		return err
	}
	if before.Number > 0 {
		last, err := before.Open()
		if err != nil {
			return err
		}
		c.Previous = last.Hash()
	}
	n.Header, n.Nodes = "", nil
	if n.Note, err = c.Sign(e.Keys); err != nil {
		return err
	}
	return e.Checkpoints.AppendCheckpoint(ctx, n)
}
