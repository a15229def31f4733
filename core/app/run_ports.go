package app

import (
	"context"
	"time"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
)

// Runs stores runs: their events and, in the same transaction, the rows of the state that results. An unknown run is
// fault.NotFound with code run.not_found.
type Runs interface {
	// Load returns a run from its rows, all of them as of one moment.
	Load(ctx context.Context, id string) (RunRecord, error)
	// Head returns the head of the run's chain. It only reads one row by its key.
	Head(ctx context.Context, id string) (audit.Head, error)
	// Append writes all of a change, or nothing. It returns ErrMoved where the stored seq is not Before's, or the
	// stored hash is not the one that the first event follows (seq 0: the run must not exist), and ErrReceiptTaken
	// where the receipt's key is in use. When it returns nil, the change survives a crash.
	Append(ctx context.Context, c RunChange) error
	// Exclusively locks the run for writing, loads it, and appends the change that decide returns. No other writer can
	// change the run meanwhile. A nil change writes nothing; an error of decide is returned unchanged.
	Exclusively(ctx context.Context, id string, decide func(RunRecord) (*RunChange, error)) error
	// PlainValues returns the values of the run's sensitive slots that have not been erased.
	PlainValues(ctx context.Context, id string) ([]run.PlainValue, error)
}

// RecentRuns remembers runs that were read or written before.
type RecentRuns interface {
	// Recall returns a run as it was last seen, without a query; false where it is not remembered. Another process may
	// have written it since: a change that is decided on it is valid once Append has accepted it, and anything else
	// must be decided on the result of Load.
	Recall(ctx context.Context, id string) (RunRecord, bool)
}

// RunHeads reads the lengths of the trails of many runs.
type RunHeads interface {
	// Seqs returns the seq of the last event of each run; unknown runs are left out.
	Seqs(ctx context.Context, ids []string) (map[string]int64, error)
}

// RunRecord is a run with the head of its chain.
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

// PrevHash returns the hash that the stored chain must end with for the change to follow it.
func (c RunChange) PrevHash() string { return c.Events[0].PrevHash }

// Head returns the head of the chain after the change.
func (c RunChange) Head() audit.Head { return c.Events[len(c.Events)-1].Head() }

// RunList lists runs.
type RunList interface {
	// ListRuns returns runs newest first: by created_at, then by id, both descending. Nothing comes after an unknown
	// id.
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
