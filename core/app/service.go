// Package app holds the use cases: what drives Procedo calls these, and these call the core and the ports.
package app

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/slot"
)

// Ports are everything the use cases need from outside.
type Ports struct {
	Procedures    Procedures
	ProcedureList ProcedureList
	Definitions   Definitions
	Runs          Runs
	Recent        Recent // nil: nothing is remembered
	RunList       RunList
	RunHeads      RunHeads
	Trail         Trail
	EventList     EventList
	Feed          Feed
	Checkpoints   Checkpoints
	Scan          Scan
	Deliveries    Deliveries
	Receipts      Receipts
	Clock         Clock
	Random        Random
	Language      condition.Language // in which the conditions of definitions are written
	// RefusalsOff leaves refused commands out of the trail.
	RefusalsOff bool
}

// Service is the use cases over a set of ports. It is safe for concurrent use.
type Service struct {
	Ports

	unrecorded atomic.Int64 // refusals that could not be recorded since the last one that was
}

// New returns the use cases over the ports.
func New(p Ports) *Service { return &Service{Ports: p} }

// Clock tells the time in UTC, cut to whole microseconds.
type Clock interface {
	Now() time.Time
}

// Random makes what must not be guessable or must be unique.
type Random interface {
	// RunID returns a new UUIDv7 (RFC 9562).
	RunID() string
	// Suffix returns eight random hex digits, for an id that is made from a name.
	Suffix() string
	// Salts returns n fresh salts.
	Salts(n int) []slot.Salt
}

// Trail reads events.
type Trail interface {
	// Events returns at most limit events of one entity with seq above after, oldest first; none for an entity
	// that does not exist.
	Events(ctx context.Context, e audit.Entity, after int64, limit int) ([]audit.Event, error)
}

// Sentinels that storage returns to the use cases; neither reaches a caller.
var (
	// ErrMoved says that what was read has changed since: nothing was written.
	ErrMoved = errors.New("changed since it was read")
	// ErrReceiptTaken says that the receipt's key is in use: nothing was written.
	ErrReceiptTaken = errors.New("a receipt with this key exists")
)

// Request is what a caller says beside the data of a use case.
type Request struct {
	Actor   string
	ID      string      // the request's id, recorded with the events of writes
	IfMatch *Condition  // nil where nothing is asked
	Receipt *NewReceipt // nil where the caller gave no idempotency key
}

// Condition is a precondition: the state the caller believes in.
type Condition struct {
	Any       bool
	Revisions []int64  // of a run
	Tags      []string // of a procedure: see ProcedureView.Tag
}

func (c *Condition) holdsFor(revision int64) bool {
	if c == nil || c.Any {
		return true
	}
	for _, r := range c.Revisions {
		if r == revision {
			return true
		}
	}
	return false
}
