// Package migrate applies and reverts the migrations of a database's schema with Atlas's library. Each call runs in one
// transaction, so it applies or reverts all of its migrations or none.
package migrate

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	atlas "ariga.io/atlas/sql/migrate"
)

// Schema is the versioned schema of a database. Up holds the up migrations and atlas.sum, the file of their hashes.
// Down holds the down migrations in the directory down/. A down migration has the same file name as its up migration.
type Schema struct {
	Up, Down fs.FS
	// Syntax says how the text of a file is split into statements.
	Syntax atlas.ScannerOptions
	// Lock is the first statement of the transaction. It makes other callers wait until the transaction ends. It is
	// empty if BEGIN already has this effect.
	Lock string
	// Settings makes the settings that each transaction needs. It is nil if there are none.
	Settings func(context.Context, *sql.Tx) error
	// SelectEncoding is a query that returns the encoding of the database's texts. It is empty if that is always UTF8.
	SelectEncoding string
	// CountRevisionTables is a query that returns 1 if the table RevisionsTable exists, and 0 if it does not.
	CountRevisionTables string
	// CountOtherTables is a query that counts all other tables.
	CountOtherTables string
}

// Migration is an up migration.
type Migration struct {
	Version, Description string
	Applied              bool // whether it is applied to the database
}

var (
	// ErrTampered is the error for migration files that differ from atlas.sum or from the migrations that were applied.
	ErrTampered = errors.New("migration files have been changed")
	// ErrNotOwner is the error for a role that may not change the schema or grant rights on it.
	ErrNotOwner = errors.New("only the owner of the tables may change the schema and grant rights on it")
)

// NewerError is the error for a database to which a migration of a newer release is applied.
type NewerError struct{ Version string }

func (e NewerError) Error() string {
	return "the database is of a newer release: migration " + e.Version + " is unknown"
}

// EncodingError is the error for a database whose texts are not in UTF-8. It could not hold all texts, and its dump
// could not be restored with the same bytes.
type EncodingError struct{ Encoding string }

func (e EncodingError) Error() string {
	return "the encoding of the database is " + e.Encoding + " instead of UTF8"
}

// session holds the migration files, the applied migrations and the transaction of one call.
type session struct {
	dir       *atlas.MemDir
	revisions revisions
	executor  *atlas.Executor
	tx        *sql.Tx
}

// CheckEncoding returns an EncodingError if the texts of the database are not in UTF-8.
func (s Schema) CheckEncoding(ctx context.Context, db *sql.DB) error {
	if s.SelectEncoding == "" {
		return nil
	}
	var encoding string
	if err := db.QueryRowContext(ctx, s.SelectEncoding).Scan(&encoding); err != nil {
		return err
	}
	if encoding != "UTF8" {
		return EncodingError{encoding}
	}
	return nil
}

// Apply applies all pending migrations and returns them. If several callers run at once, one applies the migrations.
// The others wait for it and return none. If nothing is pending, Apply only reads, so the role needs no right to change
// the schema.
func (s Schema) Apply(ctx context.Context, db *sql.DB) ([]Migration, error) {
	if err := s.CheckEncoding(ctx, db); err != nil {
		return nil, err
	}
	all, err := s.Status(ctx, db)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(all, func(m Migration) bool { return !m.Applied }) {
		return nil, nil
	}
	var applied []Migration
	err = s.inTransaction(ctx, db, func(m *session) error {
		pending, err := m.executor.Pending(ctx)
		if errors.Is(err, atlas.ErrNoPendingFiles) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, f := range pending {
			if err := m.executor.Execute(ctx, f); err != nil {
				return err
			}
			applied = append(applied, Migration{f.Version(), f.Desc(), true})
		}
		return nil
	})
	return applied, err
}

// Status returns all migrations, oldest first. It takes no lock and writes nothing, so it needs only read access to the
// database.
func (s Schema) Status(ctx context.Context, db *sql.DB) ([]Migration, error) {
	dir, err := s.load()
	if err != nil {
		return nil, err
	}
	tx, err := s.begin(ctx, db)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback() //nolint:errcheck // the transaction only reads
	m := &session{dir: dir, revisions: revisions{tx}, tx: tx}
	var applied []*atlas.Revision
	var tables int
	if err := tx.QueryRowContext(ctx, s.CountRevisionTables).Scan(&tables); err != nil {
		return nil, err
	}
	if tables > 0 {
		if err := m.checkUnchanged(ctx); err != nil {
			return nil, err
		}
		if applied, err = m.revisions.ReadRevisions(ctx); err != nil {
			return nil, err
		}
	}
	return list(dir, applied)
}

// Pending returns all migrations as those of an empty database: none is applied.
func (s Schema) Pending() ([]Migration, error) {
	dir, err := s.load()
	if err != nil {
		return nil, err
	}
	return list(dir, nil)
}

// list returns all migrations of a directory.
func list(dir atlas.Dir, applied []*atlas.Revision) ([]Migration, error) {
	files, err := dir.Files()
	if err != nil {
		return nil, err
	}
	migrations := make([]Migration, 0, len(files))
	for _, f := range files {
		isApplied := slices.ContainsFunc(applied, func(r *atlas.Revision) bool { return r.Version == f.Version() })
		migrations = append(migrations, Migration{f.Version(), f.Desc(), isApplied})
	}
	return migrations, nil
}

// Revert reverts the n newest applied migrations, newest first, and returns them. It deletes the tables and columns
// that they created, with all data in them.
func (s Schema) Revert(ctx context.Context, db *sql.DB, n int) ([]Migration, error) {
	var reverted []Migration
	err := s.inTransaction(ctx, db, func(m *session) error {
		applied, err := m.revisions.ReadRevisions(ctx)
		if err != nil {
			return err
		}
		slices.Reverse(applied)
		for _, r := range applied[:min(n, len(applied))] {
			if err := s.revert(ctx, m, r); err != nil {
				return err
			}
			reverted = append(reverted, Migration{r.Version, r.Description, false})
		}
		return nil
	})
	return reverted, err
}

func (s Schema) revert(ctx context.Context, m *session, r *atlas.Revision) error {
	name := "down/" + r.Version + "_" + r.Description + ".sql"
	data, err := fs.ReadFile(s.Down, name)
	if err != nil {
		return fmt.Errorf("migration %s cannot be reverted: %w", r.Version, err)
	}
	// The driver splits the file into statements, because only the driver recognises the body of a trigger.
	statements, err := atlas.FileStmts(s.driver(m.tx), atlas.NewLocalFile(name, data))
	if err != nil {
		return err
	}
	for _, stmt := range statements {
		if _, err := m.tx.ExecContext(ctx, stmt); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return m.revisions.DeleteRevision(ctx, r.Version)
}

// inTransaction begins a transaction, runs s.Lock and calls fn. It commits the transaction if fn succeeds.
func (s Schema) inTransaction(ctx context.Context, db *sql.DB, fn func(*session) error) (err error) {
	defer func() { err = translate(err) }()
	dir, err := s.load()
	if err != nil {
		return err
	}
	tx, err := s.begin(ctx, db)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // does nothing after Commit
	if s.Lock != "" {
		if _, err := tx.ExecContext(ctx, s.Lock); err != nil {
			return err
		}
	}
	m := &session{dir: dir, revisions: revisions{tx}, tx: tx}
	if err := m.open(ctx, s); err != nil {
		return err
	}
	if err := fn(m); err != nil {
		return err
	}
	return tx.Commit()
}

// driver returns the Atlas driver of a transaction.
func (s Schema) driver(tx *sql.Tx) atlas.Driver { return driver{tx: tx, syntax: s.Syntax} }

// begin begins a transaction and makes its settings.
func (s Schema) begin(ctx context.Context, db *sql.DB) (*sql.Tx, error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil || s.Settings == nil {
		return tx, err
	}
	if err := s.Settings(ctx, tx); err != nil {
		return nil, errors.Join(err, tx.Rollback())
	}
	return tx, nil
}

// open checks that the migrations can be applied to the database, and creates the executor that applies them.
func (m *session) open(ctx context.Context, s Schema) (err error) {
	if err := m.revisions.createTable(ctx); err != nil {
		return err
	}
	if err := m.checkUnchanged(ctx); err != nil {
		return err
	}
	if err := m.checkNoOtherTables(ctx, s.CountOtherTables); err != nil {
		return err
	}
	m.executor, err = atlas.NewExecutor(s.driver(m.tx), m.dir, m.revisions)
	return err
}

// checkNoOtherTables returns an error if the database has tables but no applied migrations. Such a database belongs to
// another program. query is the schema's CountOtherTables.
func (m *session) checkNoOtherTables(ctx context.Context, query string) error {
	applied, err := m.revisions.ReadRevisions(ctx)
	if err != nil || len(applied) > 0 {
		return err
	}
	var tables int
	if err := m.tx.QueryRowContext(ctx, query).Scan(&tables); err != nil {
		return err
	}
	if tables > 0 {
		return fmt.Errorf("the database is not clean: it contains tables that this schema did not create (%d)", tables)
	}
	return nil
}

// checkUnchanged returns a NewerError if an applied migration is newer than all files, and ErrTampered if the file of
// one is missing or has changed.
func (m *session) checkUnchanged(ctx context.Context) error {
	sums, err := m.dir.Checksum()
	if err != nil {
		return err
	}
	files, err := m.dir.Files()
	if err != nil {
		return err
	}
	applied, err := m.revisions.ReadRevisions(ctx)
	if err != nil {
		return err
	}
	if len(applied) > 0 && len(files) > 0 {
		if newest := applied[len(applied)-1].Version; newest > files[len(files)-1].Version() {
			return NewerError{newest}
		}
	}
	for _, r := range applied {
		hash, err := sums.SumByName(r.Version + "_" + r.Description + ".sql")
		if err != nil || hash != r.Hash {
			return fmt.Errorf("%w: migration %s differs from the one that was applied", ErrTampered, r.Version)
		}
	}
	return nil
}

// load reads the up migrations. It returns ErrTampered if they do not match atlas.sum.
func (s Schema) load() (*atlas.MemDir, error) {
	dir := &atlas.MemDir{}
	names, err := fs.Glob(s.Up, "*")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		data, err := fs.ReadFile(s.Up, name)
		if err != nil {
			return nil, err
		}
		if err := dir.WriteFile(name, data); err != nil {
			return nil, err
		}
	}
	if err := atlas.Validate(dir); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTampered, err)
	}
	return dir, nil
}
