package app

import (
	"context"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/slot"
)

// Runs stores runs: their events and, in the same transaction, the rows that are the fold of them. An unknown run
// is fault.NotFound with code run.not_found.
type Runs interface {
	// Load returns the run as its rows tell it, all of them as of one moment.
	Load(ctx context.Context, id string) (RunRecord, error)
	// Head returns where the run's chain ends, by one lookup of its key.
	Head(ctx context.Context, id string) (audit.Head, error)
	// Append writes a change whole or not at all. ErrMoved where the stored seq is not Before's, or the stored
	// hash not the one that the first event follows (seq 0: the run must not exist); ErrReceiptTaken where the receipt's key is in use. When it returns nil the change survives a crash.
	Append(ctx context.Context, c RunChange) error
	// Exclusively loads the run with the right to write it held, lets decide make the change, and appends it; no
	// other writer comes between. A nil change writes nothing; decide's error comes back as it is.
	Exclusively(ctx context.Context, id string, decide func(RunRecord) (*RunChange, error)) error
	// PlainValues returns the plain values of the run's sensitive slots that have not been erased.
	PlainValues(ctx context.Context, id string) ([]PlainValue, error)
}

// Recent remembers runs that were seen before.
type Recent interface {
	// Recall returns a run as it was last seen, at no cost to the database; false where it is not remembered. Others may
	// have written it since: a change that is decided on it is good once Append has taken it, and anything else must be
	// decided on what Load returns.
	Recall(ctx context.Context, id string) (RunRecord, bool)
}

// RunHeads tells of many runs at once how long their trails are.
type RunHeads interface {
	// Seqs returns the seq of the last event of each run; unknown ones are left out.
	Seqs(ctx context.Context, ids []string) (map[string]int64, error)
}

// RunRecord is a run and where its chain ends.
type RunRecord struct {
	Run  run.Run
	Head audit.Head
}

// RunChange is one write: sealed events, the run before and after them, and what no event holds.
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

// PlainValue is a sensitive slot's value as it stands in its row.
type PlainValue struct {
	Step  string
	Visit int
	Slot  string
	Value slot.Value
}

// RunView is a run as shown.
type RunView struct {
	Run run.Run
}

// RunList lists runs.
type RunList interface {
	// ListRuns returns runs newest first (by id, descending).
	ListRuns(ctx context.Context, f RunFilter) ([]RunSummary, error)
}

// RunFilter says which runs to list; zero members do not filter.
type RunFilter struct {
	ProcedureID, UserID, Reference string
	State                          run.State
	CreatedAfter, CreatedBefore    time.Time // exclusive
	After                          string    // id of the last one seen
	Limit                          int
}

// RunSummary is a run without its steps.
type RunSummary struct {
	ID, ProcedureID                           string
	ProcedureVersion                          int
	UserID, Reference                         string
	Metadata                                  jsontext.Value
	State                                     run.State
	Revision, Seq                             int64
	CurrentStep                               string // empty when none is open
	Failure                                   *run.Failure
	CreatedAt, StartedAt, UpdatedAt, ClosedAt time.Time
}

// Run shows a run.
func (s *Service) Run(ctx context.Context, id string) (RunView, error) {
	rec, err := s.Runs.Load(ctx, id)
	return RunView{rec.Run}, err
}

// ListRuns lists runs, newest first.
func (s *Service) ListRuns(ctx context.Context, f RunFilter) ([]RunSummary, error) {
	return s.RunList.ListRuns(ctx, f)
}

// RunEvents reads a run's trail, oldest first.
func (s *Service) RunEvents(ctx context.Context, id string, after int64, limit int) ([]audit.Event, error) {
	if _, err := s.Runs.Head(ctx, id); err != nil {
		return nil, err
	}
	return s.Trail.Events(ctx, audit.Run(id), after, limit)
}
