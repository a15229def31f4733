package app

import (
	"context"
	"slices"
	"time"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
)

// Runs stores runs: their events and, in the same transaction, rows with the resulting state. Its methods return
// fault.NotFound with code run.not_found for an unknown run.
type Runs interface {
	// Load returns a run from its rows, which are read in one snapshot.
	Load(ctx context.Context, id string) (RunRecord, error)
	// Head returns the head of the run's chain. It is fast: it reads a single row by primary key.
	Head(ctx context.Context, id string) (audit.Head, error)
	// Append writes all of a change, or nothing. It returns ErrMoved if the stored head does not have the seq of
	// c.Before and the hash c.PrevHash. If c.Before has seq 0, the run must not exist yet. It returns ErrReceiptTaken
	// if the receipt's key is in use. Once Append has returned nil, the change survives a crash.
	Append(ctx context.Context, c RunChange) error
	// Exclusively locks the run for writing, loads it, calls decide with it, and appends the change that decide
	// returns. No other writer can change the run meanwhile. A nil change writes nothing; an error of decide is
	// returned unchanged.
	Exclusively(ctx context.Context, id string, decide func(RunRecord) (*RunChange, error)) error
	// PlainValues returns the values of the run's sensitive slots that have not been erased. The Err of a value that
	// cannot be decrypted is a fault of kind Unavailable. It wraps projection.ErrLostKey if there is a keyset, but not
	// the key of this value.
	PlainValues(ctx context.Context, id string) ([]run.PlainValue, error)
}

// RecentRuns remembers runs that were read or written recently.
type RecentRuns interface {
	// Recall returns a run as it was last seen, without a query. It returns false if the run is not remembered. Another
	// process may have changed the run since. A change that is based on the remembered run is valid only if Append
	// accepts the change. A refusal must be confirmed on the result of Load.
	Recall(ctx context.Context, id string) (RunRecord, bool)
	// Forget removes the states of the run from before its event with the given seq, also from memory that other
	// processes share. If it returns an error, such a state may be remembered until it expires.
	Forget(ctx context.Context, id string, seq int64) error
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

// RunChange is one write: sealed events, the run before and after them, and the plain values of sensitive slots. The
// events contain only the digests of these values.
type RunChange struct {
	Before, After run.Run
	Events        []audit.Event
	PlainValues   []run.PlainValue
	// Erases is set for an erasure. Append then also writes the texts of the run's row, replaces the disclosures of
	// earlier events by Remaining, and removes the run's receipts that hold an answer, because it may show what was
	// erased.
	Erases    bool
	Remaining []RemainingDisclosures
	Receipt   *Receipt
}

// PrevHash returns the hash of the event before the change. This event must be the last stored one.
func (c RunChange) PrevHash() string { return c.Events[0].PrevHash }

// Head returns the head of the chain after the change.
func (c RunChange) Head() audit.Head { return c.Events[len(c.Events)-1].Head() }

// RunList lists runs.
type RunList interface {
	// ListRuns returns a page of runs, newest first: by created_at, then by id, both descending. The list is empty if
	// f.After is unknown. The filter is in the form that RunFilter.Normal returns. The size of a run is
	// projection.RunRow.Size.
	ListRuns(ctx context.Context, f RunFilter) (Page[projection.RunRow], error)
}

// RunFilter selects the runs to list. Zero fields do not filter.
type RunFilter struct {
	ProcedureID, UserID, Reference string
	States                         []run.State // any of these; repetitions do not matter
	CreatedAfter, CreatedBefore    *time.Time  // exclusive
	After                          string      // id of the last run of the previous page
	Size                           PageSize
}

// Normal returns the filter with each state once, in the order of run.States. If it has every state, it has none, which
// selects the same runs.
func (f RunFilter) Normal() RunFilter {
	var states []run.State
	for _, s := range run.States {
		if slices.Contains(f.States, s) {
			states = append(states, s)
		}
	}
	if f.States = states; len(states) == len(run.States) {
		f.States = nil
	}
	return f
}
