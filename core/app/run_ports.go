package app

import (
	"context"
	"time"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
)

// Runs stores runs: their events and, in the same transaction, the rows that are the fold of them. An unknown run is
// fault.NotFound with code run.not_found.
type Runs interface {
	// Load returns the run that its rows describe, all of them as of one moment.
	Load(ctx context.Context, id string) (RunRecord, error)
	// Head returns where the run's chain ends, by one lookup of its key.
	Head(ctx context.Context, id string) (audit.Head, error)
	// Append writes a change whole or not at all. It returns ErrMoved where the stored seq is not Before's, or the stored hash
	// is not the one that the first event follows (seq 0: the run must not exist), and ErrReceiptTaken where the receipt's
	// key is in use. When it returns nil, the change survives a crash.
	Append(ctx context.Context, c RunChange) error
	// Exclusively locks the run for writing, loads it, lets decide make the change, and appends it: no other writer comes
	// between. A nil change writes nothing; an error of decide is returned as it is.
	Exclusively(ctx context.Context, id string, decide func(RunRecord) (*RunChange, error)) error
	// PlainValues returns the values of the run's sensitive slots that have not been erased.
	PlainValues(ctx context.Context, id string) ([]run.PlainValue, error)
}

// RecentRuns remembers runs that were read or written before.
type RecentRuns interface {
	// Recall returns a run as it was last seen, without a query; false where it is not remembered. Another process may have
	// written it since: a change that is decided on it is valid once Append has accepted it, and anything else must be
	// decided on the result of Load.
	Recall(ctx context.Context, id string) (RunRecord, bool)
}

// RunHeads returns how long the trails of many runs are.
type RunHeads interface {
	// Seqs returns the seq of the last event of each run; unknown runs are left out.
	Seqs(ctx context.Context, ids []string) (map[string]int64, error)
}

// RunRecord is a run and where its chain ends.
type RunRecord struct {
	Run  run.Run
	Head audit.Head
}

// RunChange is one write: sealed events, the run before and after them, and the plain values behind new seals.
type RunChange struct {
	Before, After run.Run
	Events        []audit.Event
	PlainValues   []run.PlainValue
	Receipt       *Receipt
}

// PrevHash is the hash that the stored chain must end with for the change to follow it.
func (c RunChange) PrevHash() string { return c.Events[0].PrevHash }

// Head is where the chain ends after the change.
func (c RunChange) Head() audit.Head { return c.Events[len(c.Events)-1].Head() }

// RunList lists runs.
type RunList interface {
	// ListRuns returns runs newest first: by created_at, then by id, both descending. Nothing comes after an unknown id.
	ListRuns(ctx context.Context, f RunFilter) ([]projection.RunRow, error)
}

// RunFilter selects the runs to list; zero members do not filter.
type RunFilter struct {
	ProcedureID, UserID, Reference string
	State                          run.State
	CreatedAfter, CreatedBefore    time.Time // exclusive
	After                          string    // id of the last one seen
	Limit                          int
}
