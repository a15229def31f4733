// Package app holds the use cases, one per file, and the ports that they need, which are interfaces to storage, the
// clock and random numbers. Adapters such as the HTTP server call the use cases, never the ports.
package app

import (
	"context"
	"errors"
	"time"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/run"
)

// Ports are the interfaces through which the use cases reach storage, clock and random numbers.
type Ports struct {
	Procedures    Procedures
	ProcedureList ProcedureList
	Definitions   Definitions
	Runs          Runs
	RecentRuns    RecentRuns // nil: no run is remembered
	Files         Files      // nil: what was erased is removed from the files by the database itself
	RunList       RunList
	Trail         Trail
	EventList     EventList
	Feed          Feed
	Checkpoints   Checkpoints
	Export        ExportSource
	Deliveries    Deliveries
	Receipts      Receipts
	Verifier      RunVerifier
	Clock         Clock
	Random        Random
	Language      condition.Language // the language of conditions in definitions
}

// Service holds the ports and settings of the use cases. Its own methods are those that the service carries out for
// itself; As returns the others. It is safe for concurrent use.
type Service struct {
	ports          Ports
	recordRefusals bool
	refusalLimit   RateLimit // nil: no limit
	observer       Observer  // nil: none
	recalls        recalls
}

// Option configures a service.
type Option func(*Service)

// WithoutRefusals leaves refused commands out of the trail.
func WithoutRefusals() Option { return func(s *Service) { s.recordRefusals = false } }

// New returns a service over the ports.
func New(p Ports, options ...Option) *Service {
	s := &Service{ports: p, recordRefusals: true}
	for _, o := range options {
		o(s)
	}
	return s
}

// UseCases are the use cases as one principal may call them. Each asks for a permission, and returns fault.Forbidden
// with code access.Denied if the principal does not have it. It is safe for concurrent use.
type UseCases struct {
	*Service
	by access.Principal
}

// As returns the use cases for a principal.
func (s *Service) As(p access.Principal) *UseCases { return &UseCases{Service: s, by: p} }

// Files are the files of a database.
type Files interface {
	// Scrub removes what was erased from the files. It returns fault.Unavailable if a reader still needs it.
	Scrub(ctx context.Context) error
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
	// Suffix returns eight random hex digits that make an id unique if it is derived from a name.
	Suffix() string
	// Salt returns a fresh salt.
	Salt() commitment.Salt
}

// Errors that ports return to the use cases, which handle them.
var (
	// ErrMoved means that the stored data has changed since it was read. Nothing was written.
	ErrMoved = errors.New("changed since it was read")
	// ErrReceiptTaken means that the receipt's key is in use. Nothing was written.
	ErrReceiptTaken = errors.New("a receipt with this key exists")
)

// Request holds the parameters of a call that do not belong to the input of a particular use case.
type Request struct {
	by      access.Principal // set by the use case: the principal with the entry that admitted them
	Address string           // network address of the client; empty for a call within the process
	ID      string           // id of the request, recorded with the events of writes
	IfMatch *Condition       // nil: no precondition
	// ReadCommand converts a command with values in the caller's own notation; nil means that there is none.
	ReadCommand CommandReader
	// If the request has an idempotency key, one of these is set: the one with the result type of the use case.
	RunReceipt   *NewReceipt[run.Run]
	SavedReceipt *NewReceipt[Saved]
}

// CommandReader returns a command on a run of the version with the values in JSON that the slots of the version accept.
// It does not change its argument, and returns a converted command as it is. Only the version says which types the
// slots have, and it is known only when the run is loaded.
type CommandReader func(v *procedure.Version, c run.Command) run.Command

// AnswerReader is a CommandReader for answers of a simulation.
type AnswerReader func(v *procedure.Version, a run.SimulationAnswer) run.SimulationAnswer

// Condition is a precondition of a request: one of the revisions or tags must be the current one.
type Condition struct {
	Any       bool     // holds for any state
	Revisions []int64  // of a run
	Tags      []string // of a procedure; see procedure.Record.Tag
	// HasWeak reports whether the condition names a weak tag. A weak tag never holds (RFC 9110, section 13.1.1).
	HasWeak bool
}
