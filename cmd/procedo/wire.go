package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/core/app"
)

// keptDefinitions is how many compiled versions are kept in memory.
const keptDefinitions = 1000

// wired is a service with its adapters.
type wired struct {
	*app.Service
	storage
	closeCache func() // nil if there is none to close
}

// open wires the service to a database. It creates and migrates an SQLite file. It migrates PostgreSQL only if
// migrating is true, and otherwise fails if the schema is not current.
func (d database) open(ctx context.Context, migrating bool) (*wired, error) {
	s, err := d.connect(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.ready(ctx, migrating); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", d.shown(), err), s.close())
	}
	return wire(s), nil
}

// ready prepares a database for a service that writes to it.
func (s storage) ready(ctx context.Context, migrating bool) error {
	if err := s.bringUp(ctx, migrating); err != nil {
		return err
	}
	return s.align(ctx)
}

// bringUp applies pending steps of the schema, or returns an error that names one.
func (s storage) bringUp(ctx context.Context, migrating bool) error {
	db, done, err := s.schemaDB()
	if err != nil {
		return err
	}
	defer done()
	if migrating || s.embedded {
		_, err := s.schema.Apply(ctx, db)
		return err
	}
	return s.requireCurrent(ctx, db)
}

// requireCurrent returns an error that names the first pending step of the schema.
func (s storage) requireCurrent(ctx context.Context, db *sql.DB) error {
	steps, err := s.schema.Status(ctx, db)
	if err != nil {
		return err
	}
	for _, step := range steps {
		if !step.Applied {
			return fmt.Errorf("the schema step %s is pending; apply it with procedo migrate up or serve --migrate", step.Version)
		}
	}
	return nil
}

// checkSchema returns an error if a step of the schema is pending.
func (s storage) checkSchema(ctx context.Context) error {
	db, done, err := s.schemaDB()
	if err != nil {
		return err
	}
	defer done()
	return s.requireCurrent(ctx, db)
}

// openExisting wires the service to a database that must exist with its current schema. It creates nothing.
func (d database) openExisting(ctx context.Context) (*wired, error) {
	if err := d.exists(); err != nil {
		return nil, fmt.Errorf("%s: %w", d.shown(), err)
	}
	s, err := d.connect(ctx)
	if err != nil {
		return nil, err
	}
	err = s.ping(ctx)
	if err == nil {
		err = s.checkSchema(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", d.shown(), err), s.close())
	}
	return wire(s), nil
}

func wire(s storage) *wired {
	p := s.ports(memory.KeepDefinitions(keptDefinitions))
	p.Clock, p.Random = system.Clock{}, system.Random{}
	return &wired{storage: s, Service: app.New(p)}
}

// close closes the connections to the cache and the database.
func (w *wired) close() error {
	if w.closeCache != nil {
		w.closeCache()
	}
	return w.storage.close()
}
