package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/procedo/procedo/adapters/migrate"
)

type migrateCmd struct {
	Up     migrateUpCmd     `cmd:"" help:"Apply every step that the database lacks."`
	Down   migrateDownCmd   `cmd:"" help:"Take the newest steps back, with everything they hold."`
	Status migrateStatusCmd `cmd:"" help:"List the steps and whether the database has them."`
}

type migrateUpCmd struct{ database }

// Run applies pending steps.
func (c migrateUpCmd) Run(ctx context.Context, m *Main) error {
	steps, err := c.migrate(ctx, func(s migrate.Schema, db *sql.DB) ([]migrate.Step, error) { return s.Apply(ctx, db) })
	if len(steps) == 0 && err == nil {
		fmt.Fprintln(m.Stdout, "The schema is up to date.")
	}
	m.printSteps(steps)
	return err
}

type migrateDownCmd struct {
	database
	Steps int  `default:"1" help:"How many steps."`
	Yes   bool `help:"Do it: the tables of these steps are dropped with their data."`
}

// Run reverts steps.
func (c migrateDownCmd) Run(ctx context.Context, m *Main) error {
	if !c.Yes {
		return errors.New("taking a step down drops its tables with their data: say --yes to do it")
	}
	if c.Steps < 1 {
		return fmt.Errorf("--steps %d: at least 1", c.Steps)
	}
	steps, err := c.migrate(ctx, func(s migrate.Schema, db *sql.DB) ([]migrate.Step, error) { return s.Revert(ctx, db, c.Steps) })
	m.printSteps(steps)
	return err
}

type migrateStatusCmd struct{ database }

// Run lists the steps.
func (c migrateStatusCmd) Run(ctx context.Context, m *Main) error {
	steps, err := c.migrate(ctx, func(s migrate.Schema, db *sql.DB) ([]migrate.Step, error) { return s.Status(ctx, db) })
	m.printSteps(steps)
	return err
}

// migrate does something with the schema of the database.
func (d database) migrate(ctx context.Context, do func(migrate.Schema, *sql.DB) ([]migrate.Step, error)) ([]migrate.Step, error) {
	s, err := d.connect(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close() // what was done is committed
	db, done, err := s.schemaDB()
	if err != nil {
		return nil, err
	}
	defer done()
	return do(s.schema, db)
}

func (m *Main) printSteps(steps []migrate.Step) {
	for _, s := range steps {
		state := "pending"
		if s.Applied {
			state = "applied"
		}
		fmt.Fprintf(m.Stdout, "%s  %s  %s\n", s.Version, state, s.Description)
	}
}
