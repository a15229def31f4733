package verify

import (
	"context"

	"github.com/procedo/procedo/core/audit"
)

// Belongs reports whether the database has the checkpoint of a kept note or, for a note of a log, whether the log had
// this head when it had as many leaves. It relies on the stored nodes of the log, which Whole checks.
func (v *Verifier) Belongs(ctx context.Context, note string) (bool, error) {
	k := newKept()
	if err := k.add(note); err != nil {
		return false, err
	}
	for number := range k.earlier {
		c, found, err := v.checkpoint(ctx, number)
		return found && k.holds(c), err
	}
	last, found, err := v.checkpoint(ctx, 0)
	if err != nil || !found {
		return false, err
	}
	for size, head := range k.heads {
		if size < 1 || size > last.Log.Size || head.Origin != last.Log.Origin {
			return false, nil
		}
		edge, err := v.ports.Checkpoints.Nodes(ctx, audit.EdgeOf(size))
		return err == nil && audit.NewLog(size, edge).Root() == head.Root, err
	}
	return false, nil
}

// checkpoint returns a stored checkpoint, or the latest one if the number is 0, and whether it exists.
func (v *Verifier) checkpoint(ctx context.Context, number int64) (c audit.Checkpoint, found bool, err error) {
	stored, err := v.ports.Checkpoints.Checkpoint(ctx, number)
	if err != nil || stored.Number == 0 {
		return c, false, err
	}
	c, err = stored.Open()
	return c, err == nil, err
}
