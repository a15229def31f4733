package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/adapters/migrate"
	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/core/app"
)

// keptDefinitions is how many compiled versions stay in memory.
const keptDefinitions = 1000

// wired is a service over its adapters.
type wired struct {
	*app.Service
	db *sqlite.DB
}

// open wires the service to a database. An SQLite file is created and migrated by itself.
func (d database) open(ctx context.Context) (*wired, error) {
	db, err := d.connect()
	if err != nil {
		return nil, err
	}
	if _, err := migrate.SQLite.Apply(ctx, db.Writer()); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", d.DatabaseURL, err), db.Close())
	}
	return wire(db)
}

// openExisting wires the service to a database that must be there with its schema: nothing is created.
func (d database) openExisting(ctx context.Context) (*wired, error) {
	path, err := sqlite.Path(d.DatabaseURL)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("%s: %w", d.DatabaseURL, err)
	}
	db, err := d.connect()
	if err != nil {
		return nil, err
	}
	if err := db.Ping(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", d.DatabaseURL, err), db.Close())
	}
	return wire(db)
}

func wire(db *sqlite.DB) (*wired, error) {
	procedures := sqlite.Procedures{DB: db}
	definitions, err := memory.NewDefinitions(app.Stored{Procedures: procedures, Language: cel.Language{}}, keptDefinitions)
	if err != nil {
		return nil, err
	}
	runs := sqlite.Runs{DB: db, Definitions: definitions}
	return &wired{db: db, Service: app.New(app.Ports{
		Procedures: procedures, Definitions: definitions, Runs: runs, RunList: runs, Trail: sqlite.Trail{DB: db},
		Receipts: sqlite.Receipts{DB: db}, Clock: system.Clock{}, Random: system.Random{}, Language: cel.Language{},
	})}, nil
}

func (d database) connect() (*sqlite.DB, error) {
	if !strings.HasPrefix(d.DatabaseURL, "sqlite:") {
		return nil, fmt.Errorf("database URL %q: this build stores in SQLite only: sqlite:FILE", d.DatabaseURL)
	}
	return sqlite.Open(d.DatabaseURL)
}

func (w *wired) close() error { return w.db.Close() }
