package storage

import (
	"bytes"
	"context"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/projection"
)

// Resealer encrypts stored values again. The key of a value is told by its prefix: the first bytes of what was
// encrypted.
type Resealer interface {
	// Reseal encrypts values in clear, and those with another prefix than the given one, in a few runs after the given
	// run, by id, in one transaction. Other processes may use the database meanwhile.
	Reseal(ctx context.Context, after string, prefix []byte) (Resealed, error)
	// Prefixes returns the different prefixes of the stored values.
	Prefixes(ctx context.Context, size int) ([][]byte, error)
}

// Resealed says what a call of Reseal has done.
type Resealed struct {
	Last       string // id of the last of the runs; empty if there are no more
	Values     int    // values that were encrypted
	Unreadable int    // values that could not be decrypted, and stay as they are
}

// ResealedRuns is the number of runs whose values are encrypted again in one transaction.
const ResealedRuns = 100

// Reseal returns the changes that encrypt again the values of a run, as Resealer.Reseal does. It adds what it did to
// done.
func (r *RunRows) Reseal(
	ctx context.Context, definitions app.Definitions, secrets projection.Secrets, prefix []byte, done *Resealed,
) (projection.Changes, error) {
	v, err := definitions.Definition(ctx, r.Own.ProcedureID, r.Own.ProcedureVersion)
	if err != nil {
		return projection.Changes{}, err
	}
	changes, unreadable := projection.Reseal(v, r.Own.ID, r.Rows.Values, secrets, func(sealed []byte) bool {
		return bytes.HasPrefix(sealed, prefix)
	})
	done.Values += len(changes.Values)
	done.Unreadable += unreadable
	return changes, nil
}
