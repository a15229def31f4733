package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"github.com/procedo/procedo/adapters/migrate"
	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/core/fault"
)

type migrateCmd struct {
	Up     migrateUpCmd     `cmd:"" help:"Apply every pending migration."`
	Down   migrateDownCmd   `cmd:"" help:"Revert the newest migrations, which drops their tables and data."`
	Status migrateStatusCmd `cmd:"" help:"List the migrations and whether they are applied."`
	Grant  migrateGrantCmd  `cmd:"" help:"Give a role of PostgreSQL exactly the rights of the service, or to read."`
}

type migrateUpCmd struct{ database }

// Run applies pending migrations and lists them.
func (c migrateUpCmd) Run(ctx context.Context, m *Main) error {
	migrations, err := c.migrate(ctx, func(s migrate.Schema, db *sql.DB) ([]migrate.Migration, error) {
		return s.Apply(ctx, db)
	})
	if len(migrations) == 0 && err == nil {
		m.println(say("schema_current", nil))
	}
	m.printMigrations(migrations)
	return err
}

type migrateDownCmd struct {
	database
	Steps int  `default:"1" help:"Number of migrations to revert."`
	Yes   bool `help:"Confirm that the tables of these migrations are dropped with their data."`
}

// Run reverts the newest migrations and lists them.
func (c migrateDownCmd) Run(ctx context.Context, m *Main) error {
	if !c.Yes {
		return failure("revert_sure", nil)
	}
	if c.Steps < 1 {
		return failure("at_least", fault.Params{"flag": "--steps", "given": strconv.Itoa(c.Steps), "min": "1"})
	}
	if empty, err := c.isEmpty(); empty || err != nil {
		return err
	}
	migrations, err := c.migrate(ctx, func(s migrate.Schema, db *sql.DB) ([]migrate.Migration, error) {
		return s.Revert(ctx, db, c.Steps)
	})
	m.printMigrations(migrations)
	return err
}

type migrateStatusCmd struct{ database }

// Run lists all migrations. It neither makes a missing SQLite file nor writes to an empty one.
func (c migrateStatusCmd) Run(ctx context.Context, m *Main) error {
	empty, err := c.isEmpty()
	missing := errors.Is(err, fs.ErrNotExist) // migrate up would make it
	if err != nil && !missing {
		return err
	}
	if empty || missing {
		migrations, err := migrate.SQLite.Pending()
		m.printMigrations(migrations)
		return err
	}
	e, err := c.openReadEngine(ctx)
	if err != nil {
		return err
	}
	migrations, err := e.migrations(func(s migrate.Schema, db *sql.DB) ([]migrate.Migration, error) {
		return s.Status(ctx, db)
	})
	m.printMigrations(migrations)
	return err
}

// isEmpty reports whether the database is an SQLite file without content, which opening it would change. It returns an
// error if there is no such file.
func (d database) isEmpty() (bool, error) {
	if !strings.HasPrefix(d.DatabaseURL, "sqlite:") {
		return false, nil
	}
	path, err := sqlite.Path(d.DatabaseURL)
	if err != nil {
		return false, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return false, fmt.Errorf("%s: %w", d.shown(), err)
	}
	return info.Mode().IsRegular() && info.Size() == 0, nil
}

// migrate calls fn with the migrations for the database and a connection that may change the schema.
func (d database) migrate(
	ctx context.Context, fn func(migrate.Schema, *sql.DB) ([]migrate.Migration, error),
) ([]migrate.Migration, error) {
	e, err := d.openEngine(ctx)
	if err != nil {
		return nil, err
	}
	return e.migrations(fn)
}

// migrations calls fn as migrate does, and closes the database.
func (e engine) migrations(
	fn func(migrate.Schema, *sql.DB) ([]migrate.Migration, error),
) ([]migrate.Migration, error) {
	defer e.close() // its error does not matter: the changes are committed
	db, done, err := e.schemaDB()
	if err != nil {
		return nil, err
	}
	defer done()
	migrations, err := fn(e.schema, db)
	return migrations, databaseFailure(err)
}

func (m *Main) printMigrations(migrations []migrate.Migration) {
	for _, one := range migrations {
		m.println(say("schema_step", fault.Params{
			"version": one.Version, "applied": one.Applied, "description": one.Description,
		}))
	}
}
