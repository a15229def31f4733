package app

import (
	"context"
	"fmt"
	"time"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/procedure"
)

// Procedures stores definitions. Unknown ids are fault.NotFound with code procedure.not_found, unknown versions
// with procedure.version_not_found.
type Procedures interface {
	// Load returns the procedure's present record.
	Load(ctx context.Context, id string) (ProcedureRecord, error)
	// Head returns where the procedure's chain ends, by one lookup of its key.
	Head(ctx context.Context, id string) (audit.Head, error)
	// Document returns one version with the canonical bytes that were digested.
	Document(ctx context.Context, id string, version int) (VersionRecord, []byte, error)
	// Append writes a change whole or not at all. ErrMoved where the stored head is not Before (seq 0: the
	// procedure must not exist).
	Append(ctx context.Context, c ProcedureChange) error
	// Versions returns at most limit versions below the given one (0: from the newest), newest first.
	Versions(ctx context.Context, id string, below, limit int) ([]VersionRecord, error)
}

// ProcedureList lists procedures.
type ProcedureList interface {
	// ListProcedures returns records in the order of their ids, as bytes.
	ListProcedures(ctx context.Context, f ProcedureFilter) ([]ProcedureRecord, error)
	// ListHead names the state of the list: how many changes of procedures there have been, and the last one's hash. Whoever
	// lists after reading it sees those changes or more.
	ListHead(ctx context.Context) (audit.Head, error)
}

// Definitions gives compiled versions. They never change, so an implementation may keep them.
type Definitions interface {
	// Definition returns a version ready to run; fault.NotFound as Procedures says.
	Definition(ctx context.Context, id string, version int) (*procedure.Version, error)
}

// ProcedureRecord is a procedure as it stands: its latest version's facts, its status and its trail's end.
type ProcedureRecord struct {
	VersionRecord
	Name        string
	Description string
	Language    string
	Status      procedure.Status
	Head        audit.Head
}

// VersionRecord are the facts of one version.
type VersionRecord struct {
	ID        string // of the procedure
	Version   int
	Digest    string
	CreatedAt time.Time
	CreatedBy string
}

// ProcedureChange is one write: events, the record that results and, where one was published, the new version.
type ProcedureChange struct {
	Before  audit.Head
	After   ProcedureRecord
	Publish *procedure.Version // nil where no version was published
	Events  []audit.Event
	Receipt *Receipt
}

// ProcedureFilter says which procedures to list; zero members do not filter.
type ProcedureFilter struct {
	Query  string // part of the id or the name, letter case aside
	Status procedure.Status
	After  string // id of the last one seen
	Limit  int
}

// ProcedureView is a procedure as shown: its record and its latest version.
type ProcedureView struct {
	Record     ProcedureRecord
	Definition *procedure.Version
}

// Tag names the state shown: it changes with version, content and status.
func (r ProcedureRecord) Tag() string {
	const shown = len("sha256:") + 16
	return fmt.Sprintf("%d-%s-%s", r.Version, r.Digest[len("sha256:"):min(shown, len(r.Digest))], r.Status)
}

// Stored compiles versions from stored documents: the Definitions that caches are put in front of.
type Stored struct {
	Procedures Procedures
	Language   condition.Language
}

// Definition reads and compiles a stored version.
func (s Stored) Definition(ctx context.Context, id string, version int) (*procedure.Version, error) {
	rec, canonical, err := s.Procedures.Document(ctx, id, version)
	if err != nil {
		return nil, err
	}
	return Compile(rec, canonical, s.Language)
}

// Compile makes a version from its canonical bytes. An error means that stored bytes are not what was published.
func Compile(rec VersionRecord, canonical []byte, language condition.Language) (*procedure.Version, error) {
	if d := procedure.Digest(canonical); d != rec.Digest {
		return nil, fmt.Errorf("procedure %s version %d: document has digest %s, not %s", rec.ID, rec.Version, d, rec.Digest)
	}
	def, issues := procedure.ReadCanonical(canonical, language)
	if len(issues) > 0 {
		return nil, fmt.Errorf("procedure %s version %d: stored document: %s at %s", rec.ID, rec.Version, issues[0].Code, issues[0].Field)
	}
	return &procedure.Version{Definition: def, Number: rec.Version, Digest: rec.Digest, CreatedAt: rec.CreatedAt, CreatedBy: rec.CreatedBy}, nil
}
