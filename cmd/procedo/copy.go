package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/procedo/procedo/adapters/migrate"
	"github.com/procedo/procedo/adapters/transfer"
	"github.com/procedo/procedo/core/fault"
	postgresschema "github.com/procedo/procedo/schema/postgres"
)

type copyCmd struct {
	From   string `required:"" help:"Database to copy: sqlite:FILE or postgres://…." placeholder:"URL"`
	To     string `required:"" help:"Empty database to fill; its schema is made or upgraded first." placeholder:"URL"`
	Verify bool   `default:"true" negatable:"" help:"Verify all trails of the copy; on by default."`
	secretsFlag
}

// Help is shown by --help below the summary.
func (copyCmd) Help() string {
	return "It copies everything, from SQLite or PostgreSQL to either: procedures, runs, trails with their hashes, " +
		"signed checkpoints, the state of sinks, the answers kept for repeated requests, and the secret key of the " +
		"service. Stop the server first: what it writes during the copy is not copied. The target is filled in one " +
		"transaction or not at all. For PostgreSQL, give the owner of the tables. Keep passwords off the command line: " +
		"PROCEDO_FROM and PROCEDO_TO can hold the URLs."
}

// Run copies the database and verifies the copy.
func (c copyCmd) Run(ctx context.Context, m *Main) error {
	keyset, err := c.keyset(ctx)
	if err != nil {
		return err
	}
	from, to := database{DatabaseURL: c.From}, database{DatabaseURL: c.To, secrets: keyset}
	source, err := from.openSource(ctx, postgresschema.CopyRights(), "copy_lacking")
	if err != nil {
		return err
	}
	defer source.close() // its error does not matter: it was only read
	target, err := to.openEngine(ctx)
	if err != nil {
		return err
	}
	if err := target.prepare(ctx, true); err != nil {
		return errors.Join(fmt.Errorf("%s: %w", to.shown(), err), target.close())
	}
	counts, err := source.copyTo(ctx, target)
	if err == nil {
		err = target.alignFeed(ctx)
	}
	if err != nil {
		return errors.Join(c.failure(err), target.close())
	}
	m.println(say("copied", fault.Params{"database": to.shown(), "rows": []string{
		count("procedures", int(counts["procedures"])), count("runs", int(counts["runs"])),
		count("events", int(counts["audit_events"])), count("checkpoints", int(counts["audit_checkpoints"])),
	}}))
	if !c.Verify {
		return target.close()
	}
	return m.verifyCopy(ctx, target)
}

// verifyCopy verifies the database of an engine, and closes it.
func (m *Main) verifyCopy(ctx context.Context, e engine) error {
	w, err := wiring{}.wire(ctx, e)
	if err != nil {
		return err
	}
	findings, err := m.verifyAll(ctx, w)
	if err = errors.Join(err, w.close()); err == nil && findings > 0 {
		return exitError(1)
	}
	return err
}

// copyTo copies all rows to another database.
func (e engine) copyTo(ctx context.Context, to engine) (transfer.Counts, error) {
	read, doneReading, err := e.readDB()
	if err != nil {
		return nil, err
	}
	defer doneReading()
	written, doneWriting, err := to.schemaDB()
	if err != nil {
		return nil, err
	}
	defer doneWriting()
	return transfer.Copy(ctx, e.copied(read), to.copied(written))
}

// copied returns the database as one end of a copy.
func (e engine) copied(db *sql.DB) transfer.Database {
	d := transfer.Database{
		DB: db, Postgres: !e.embedded, Settings: e.schema.Settings, RevisionsTable: migrate.RevisionsTable,
	}
	if e.embedded { // one snapshot of PostgreSQL cannot change
		d.Check = func(ctx context.Context) error { return e.checkReadable(ctx, nil) }
	}
	return d
}

// failure returns the message of an error of a copy.
func (c copyCmd) failure(err error) error {
	var occupied transfer.NotEmptyError
	var pg *pgconn.PgError
	const denied = "42501" // insufficient_privilege
	switch to := redacted(c.To); {
	case errors.As(err, &occupied):
		return failure("copy_not_empty", fault.Params{"database": to, "table": occupied.Table})
	case errors.As(err, &pg) && pg.Code == denied:
		return failure("copy_denied", fault.Params{"reason": pg.Message})
	}
	return databaseFailure(err)
}
