// Package app holds the use cases, one a file, and the ports that they need. Driving adapters call the use cases; these
// call the core and the ports.
package app

import (
	"errors"
	"sync/atomic"
	"time"

	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/slot"
)

// Ports are the interfaces through which the use cases reach storage, clock and random numbers.
type Ports struct {
	Procedures    Procedures
	ProcedureList ProcedureList
	Definitions   Definitions
	Runs          Runs
	RecentRuns    RecentRuns // nil: no run is remembered
	RunList       RunList
	Trail         Trail
	EventList     EventList
	Feed          Feed
	Checkpoints   Checkpoints
	Export        ExportSource
	Deliveries    Deliveries
	Receipts      Receipts
	Clock         Clock
	Random        Random
	Language      condition.Language // the language of conditions in definitions
}

// Service offers the use cases over a set of ports. It is safe for concurrent use.
type Service struct {
	ports          Ports
	recordRefusals bool
	unrecorded     atomic.Int64 // refusals since the last recorded one that could not be recorded
}

// Option configures a service.
type Option func(*Service)

// WithoutRefusals leaves refused commands out of the trail.
func WithoutRefusals() Option { return func(s *Service) { s.recordRefusals = false } }

// New returns the use cases over the ports.
func New(p Ports, options ...Option) *Service {
	s := &Service{ports: p, recordRefusals: true}
	for _, o := range options {
		o(s)
	}
	return s
}

// Clock returns the current time.
type Clock interface {
	// Now returns the time in UTC, truncated to microseconds.
	Now() time.Time
}

// Random returns values that must be unique or hard to guess.
type Random interface {
	// RunID returns a new UUIDv7 (RFC 9562).
	RunID() string
	// Suffix returns eight random hex digits, for an id that is made from a name.
	Suffix() string
	// Salts returns n fresh salts.
	Salts(n int) []slot.Salt
}

// Errors that ports return to the use cases. A use case returns neither of them.
var (
	// ErrMoved means that what was read has changed since; nothing was written.
	ErrMoved = errors.New("changed since it was read")
	// ErrReceiptTaken means that the receipt's key is in use; nothing was written.
	ErrReceiptTaken = errors.New("a receipt with this key exists")
)

// Request holds the parameters of a call beside the input of the use case.
type Request struct {
	Actor   string
	ID      string     // id of the request, recorded with the events of writes
	IfMatch *Condition // nil: no precondition
	// At most one receipt is set, that of the use case's result; nil where the caller gave no idempotency key.
	RunReceipt   *NewReceipt[run.Run]
	SavedReceipt *NewReceipt[Saved]
}

// Condition is a precondition: the state that the caller expects.
type Condition struct {
	Any       bool
	Revisions []int64  // of a run
	Tags      []string // of a procedure: see procedure.Record.Tag
}
