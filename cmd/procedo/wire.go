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

// keptDefinitions is how many compiled versions stay in memory.
const keptDefinitions = 1000

// wired is a service over its adapters.
type wired struct {
	*app.Service
	storage
	closeCache func() // nil where there is none to close
}

// open wires the service to a database. An SQLite file is created and migrated by itself; PostgreSQL where it is asked for,
// and else must have its schema.
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

// ready makes a database that a service can write to.
func (s storage) ready(ctx context.Context, migrating bool) error {
	if err := s.bringUp(ctx, migrating); err != nil {
		return err
	}
	return s.align(ctx)
}

// bringUp applies what is pending, or says that it is.
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
	return s.lacksNothing(ctx, db)
}

// lacksNothing says what has not been applied yet.
func (s storage) lacksNothing(ctx context.Context, db *sql.DB) error {
	steps, err := s.schema.Status(ctx, db)
	if err != nil {
		return err
	}
	for _, step := range steps {
		if !step.Applied {
			return fmt.Errorf("the schema lacks step %s: procedo migrate up applies it, or serve --migrate", step.Version)
		}
	}
	return nil
}

// isUpToDate says what the schema of a database that is there lacks.
func (s storage) isUpToDate(ctx context.Context) error {
	db, done, err := s.schemaDB()
	if err != nil {
		return err
	}
	defer done()
	return s.lacksNothing(ctx, db)
}

// openExisting wires the service to a database that must be there with its schema: nothing is created.
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
		err = s.isUpToDate(ctx)
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

// close ends the connections to the cache and the database.
func (w *wired) close() error {
	if w.closeCache != nil {
		w.closeCache()
	}
	return w.storage.close()
}
