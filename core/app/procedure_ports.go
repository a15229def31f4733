package app

import (
	"context"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/procedure"
)

// Procedures stores definitions. An unknown id is fault.NotFound with code procedure.not_found, an unknown version the
// same with procedure.version_not_found.
type Procedures interface {
	// Load returns the procedure's current record.
	Load(ctx context.Context, id string) (procedure.Record, error)
	// Head returns the head of the procedure's chain. It only reads one row by its key.
	Head(ctx context.Context, id string) (audit.Head, error)
	// Document returns one version with the canonical bytes that were digested.
	Document(ctx context.Context, id string, version int) (procedure.VersionRecord, []byte, error)
	// Append writes all of a change, or nothing. It returns ErrMoved if the stored head differs from c.Before; if
	// c.Before has seq 0, the procedure must not exist yet.
	Append(ctx context.Context, c ProcedureChange) error
	// Versions returns at most limit versions below the given one (0: from the newest), newest first.
	Versions(ctx context.Context, id string, below, limit int) ([]procedure.VersionRecord, error)
}

// ProcedureList lists procedures.
type ProcedureList interface {
	// ListProcedures returns records sorted by id, as bytes.
	ListProcedures(ctx context.Context, f ProcedureFilter) ([]procedure.Record, error)
	// ListHead identifies the state of the list: the number of changes of procedures so far, and the hash of the last
	// one. A list that is read afterwards includes at least these changes.
	ListHead(ctx context.Context) (audit.Head, error)
}

// Definitions returns compiled versions. They never change, so an implementation may keep them.
type Definitions interface {
	// Definition returns a compiled version. An unknown one is fault.NotFound, with the codes of Procedures.
	Definition(ctx context.Context, id string, version int) (*procedure.Version, error)
}

// ProcedureChange is one write: the events, the record that results and, where one was published, the new version.
type ProcedureChange struct {
	Before  audit.Head
	After   procedure.Record
	Publish *procedure.Version // nil where no version was published
	Events  []audit.Event
	Receipt *Receipt
}

// ProcedureFilter selects the procedures to list; zero members do not filter.
type ProcedureFilter struct {
	Query  string // part of the id or the name, ignoring case
	Status procedure.Status
	After  string // id of the last one seen
	Limit  int
}

// StoredDefinitions compiles versions from stored documents at every call.
type StoredDefinitions struct {
	Procedures Procedures
	Language   condition.Language
}

// Definition reads and compiles a stored version.
func (s StoredDefinitions) Definition(ctx context.Context, id string, version int) (*procedure.Version, error) {
	rec, canonical, err := s.Procedures.Document(ctx, id, version)
	if err != nil {
		return nil, err
	}
	return procedure.Compile(rec, canonical, s.Language)
}
