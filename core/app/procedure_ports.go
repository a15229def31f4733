package app

import (
	"context"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/procedure"
)

// Procedures stores definitions. Its methods return fault.NotFound with code procedure.not_found for an unknown id, and
// with code procedure.version_not_found for an unknown version.
type Procedures interface {
	// Load returns the procedure's current record.
	Load(ctx context.Context, id string) (procedure.Record, error)
	// Head returns the head of the procedure's chain. It is fast: it reads a single row by primary key.
	Head(ctx context.Context, id string) (audit.Head, error)
	// Document returns one version and its canonical bytes. The version's digest is the hash of these bytes.
	Document(ctx context.Context, id string, version int) (procedure.VersionRecord, []byte, error)
	// Append writes all of a change, or nothing. It returns ErrMoved if the stored head differs from c.Before; if
	// c.Before has seq 0, the procedure must not exist yet.
	Append(ctx context.Context, c ProcedureChange) error
	// Versions returns at most limit versions, newest first. If beforeVersion is not 0, it returns only versions with
	// lower numbers.
	Versions(ctx context.Context, id string, beforeVersion, limit int) ([]procedure.VersionRecord, error)
}

// ProcedureList lists procedures.
type ProcedureList interface {
	// ListProcedures returns a page of records, sorted by id. Ids are compared as bytes. The size of a record is
	// procedure.Record.Size.
	ListProcedures(ctx context.Context, f ProcedureFilter) (Page[procedure.Record], error)
	// ListHead identifies the state of the list: the number of changes of all procedures so far, and the hash of the
	// last change. A list that is read afterwards includes at least these changes.
	ListHead(ctx context.Context) (audit.Head, error)
}

// Definitions returns compiled versions. A version never changes, so an implementation may cache it.
type Definitions interface {
	// Definition returns a compiled version. It returns the same errors as Procedures if the id or the version is
	// unknown.
	Definition(ctx context.Context, id string, version int) (*procedure.Version, error)
}

// ProcedureChange is one write: the events, the resulting record and, if a version was published, that version.
type ProcedureChange struct {
	Before  audit.Head
	After   procedure.Record
	Publish *procedure.Version // nil if no version was published
	Events  []audit.Event
	Receipt *Receipt
}

// ProcedureFilter selects the procedures to list. Zero fields do not filter.
type ProcedureFilter struct {
	Query  string // part of the id or the name, ignoring case
	Status procedure.Status
	After  string // id of the last procedure of the previous page
	Size   PageSize
}

// StoredDefinitions implements Definitions without a cache: every call reads and compiles the stored document.
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
