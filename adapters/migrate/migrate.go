// Package migrate brings a database's schema up, or takes steps of it down, with Atlas's library. A step is one
// file; it is applied whole, in a transaction, or not at all.
package migrate

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	atlas "ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/schema"
)

// Schema is a database's versioned schema: Up holds the steps and their atlas.sum, Down the files under down/ that
// take each back.
type Schema struct {
	Up, Down fs.FS
	// Driver opens Atlas's driver for the database on a transaction.
	Driver func(schema.ExecQuerier) (atlas.Driver, error)
	// Lock is run first in the transaction and keeps others out until it ends; empty where beginning one does.
	Lock string
	// Recorded counts the tables that keep the record of steps: 1, or 0 where no step was ever applied.
	Recorded string
	// Foreign counts the tables that are there beside the record of steps, where Atlas's driver cannot tell; empty where it can.
	Foreign string
}

// Step is one versioned file and whether the database has it.
type Step struct {
	Version, Description string
	Applied              bool
}

// ErrTampered says that the schema's files are not those that atlas.sum names, or that were applied.
var ErrTampered = errors.New("migration files have been changed")

type session struct {
	dir  *atlas.MemDir
	rows revisions
	exec *atlas.Executor
	tx   *sql.Tx
}

// Apply brings the database up to the newest step and returns the steps it applied. Of two callers the second waits, and
// finds nothing to do: beginning a transaction takes a lock, or Lock does.
func (s Schema) Apply(ctx context.Context, db *sql.DB) ([]Step, error) {
	var applied []Step
	err := s.within(ctx, db, func(m *session) error {
		pending, err := m.exec.Pending(ctx)
		if errors.Is(err, atlas.ErrNoPendingFiles) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, f := range pending {
			if err := m.exec.Execute(ctx, f); err != nil {
				return err
			}
			applied = append(applied, Step{f.Version(), f.Desc(), true})
		}
		return nil
	})
	return applied, err
}

// Status lists the steps, oldest first. It only reads, and takes no lock: whoever may read the database may ask.
func (s Schema) Status(ctx context.Context, db *sql.DB) ([]Step, error) {
	dir, err := s.load()
	if err != nil {
		return nil, err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	m := &session{dir: dir, rows: revisions{tx}, tx: tx}
	var done []*atlas.Revision
	var recorded int
	if err := tx.QueryRowContext(ctx, s.Recorded).Scan(&recorded); err != nil {
		return nil, err
	}
	if recorded > 0 {
		if err := m.unchanged(ctx); err != nil {
			return nil, err
		}
		if done, err = m.rows.ReadRevisions(ctx); err != nil {
			return nil, err
		}
	}
	files, err := dir.Files()
	if err != nil {
		return nil, err
	}
	steps := make([]Step, 0, len(files))
	for _, f := range files {
		has := slices.ContainsFunc(done, func(r *atlas.Revision) bool { return r.Version == f.Version() })
		steps = append(steps, Step{f.Version(), f.Desc(), has})
	}
	return steps, nil
}

// Revert takes the newest n applied steps back, newest first, with everything they hold.
func (s Schema) Revert(ctx context.Context, db *sql.DB, n int) ([]Step, error) {
	var reverted []Step
	err := s.within(ctx, db, func(m *session) error {
		done, err := m.rows.ReadRevisions(ctx)
		if err != nil {
			return err
		}
		slices.Reverse(done)
		for _, r := range done[:min(n, len(done))] {
			if err := s.revert(ctx, m, r); err != nil {
				return err
			}
			reverted = append(reverted, Step{r.Version, r.Description, false})
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
	statements, err := atlas.NewLocalFile(name, data).Stmts()
	if err != nil {
		return err
	}
	for _, stmt := range statements {
		if _, err := m.tx.ExecContext(ctx, stmt); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return m.rows.DeleteRevision(ctx, r.Version)
}

// within opens a session on one transaction, in which everything or nothing happens.
func (s Schema) within(ctx context.Context, db *sql.DB, do func(*session) error) error {
	dir, err := s.load()
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit there is nothing to take back
	if s.Lock != "" {
		if _, err := tx.ExecContext(ctx, s.Lock); err != nil {
			return err
		}
	}
	m := &session{dir: dir, rows: revisions{tx}, tx: tx}
	if err := m.open(ctx, s); err != nil {
		return err
	}
	if err := do(m); err != nil {
		return err
	}
	return tx.Commit()
}

func (m *session) open(ctx context.Context, s Schema) error {
	drv, err := s.Driver(m.tx)
	if err != nil {
		return err
	}
	if err := m.rows.create(ctx); err != nil {
		return err
	}
	if err := m.unchanged(ctx); err != nil {
		return err
	}
	if err := m.ours(ctx, s.Foreign); err != nil {
		return err
	}
	m.exec, err = atlas.NewExecutor(drv, m.dir, m.rows, atlas.WithAllowDirty(s.Foreign != ""))
	return err
}

// ours leaves a database alone that has tables and none of our steps.
func (m *session) ours(ctx context.Context, foreign string) error {
	if foreign == "" {
		return nil
	}
	done, err := m.rows.ReadRevisions(ctx)
	if err != nil || len(done) > 0 {
		return err
	}
	var tables int
	if err := m.tx.QueryRowContext(ctx, foreign).Scan(&tables); err != nil {
		return err
	}
	if tables > 0 {
		return fmt.Errorf("the database is not clean: it contains tables that this schema did not create (%d)", tables)
	}
	return nil
}

// unchanged holds the files against what was applied.
func (m *session) unchanged(ctx context.Context) error {
	sums, err := m.dir.Checksum()
	if err != nil {
		return err
	}
	done, err := m.rows.ReadRevisions(ctx)
	if err != nil {
		return err
	}
	for _, r := range done {
		hash, err := sums.SumByName(r.Version + "_" + r.Description + ".sql")
		if err != nil || hash != r.Hash {
			return fmt.Errorf("%w: migration %s differs from the one that was applied", ErrTampered, r.Version)
		}
	}
	return nil
}

// load reads the embedded steps and holds them against their atlas.sum.
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
