package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/migrate"
	"github.com/procedo/procedo/adapters/postgres"
	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/projection"
)

// engine is a database, SQLite or PostgreSQL.
type engine struct {
	// storage returns the ports of the database. It passes the port for definitions to addCache, which returns a port
	// with a cache of compiled definitions.
	storage func(addCache func(app.Definitions) app.Definitions) storage.Storage

	ping    func(context.Context) error
	closeDB func() error
	// checkReadable returns an error if the database cannot be read with the given rights, by table.
	checkReadable func(ctx context.Context, rights map[string][]string) error
	// alignFeed ensures that new events get higher positions than all stored events in the feed that sinks read.
	// Without it, a PostgreSQL server could assign lower positions after a restore from a dump.
	alignFeed func(context.Context) error
	// markInUse lets a copy of the database show that it was made while a service was writing.
	markInUse func(context.Context) error

	schema   migrate.Schema
	schemaDB func() (db *sql.DB, done func(), err error)
	readDB   func() (db *sql.DB, done func(), err error) // for one long read of everything
	embedded bool                                        // true for SQLite: the first use creates the file
	secrets  projection.Secrets                          // nil: sensitive values are stored in clear
}

// openEngine returns the engine for the database URL. It does not connect yet; the first use of the engine does.
func (d database) openEngine(ctx context.Context) (engine, error) { return d.openEngineWith(ctx) }

// openReadEngine is like openEngine, for a command that only reads. It needs no right to write.
func (d database) openReadEngine(ctx context.Context) (engine, error) {
	return d.openEngineWith(ctx, sqlite.ReadOnly())
}

// openEngineWith is openEngine with options for SQLite.
func (d database) openEngineWith(ctx context.Context, options ...sqlite.Option) (engine, error) {
	switch scheme, _, _ := strings.Cut(d.DatabaseURL, ":"); scheme {
	case "sqlite":
		if _, err := d.url(ctx); err != nil {
			return engine{}, err
		}
		return d.openSQLite(options...)
	case "postgres", "postgresql":
		return d.openPostgres(ctx)
	}
	return engine{}, failure("database_url", fault.Params{"url": d.shown()})
}

func (d database) openSQLite(options ...sqlite.Option) (engine, error) {
	db, err := sqlite.Open(d.DatabaseURL, append(options, d.traces.ofSQLite()...)...)
	if err != nil {
		return engine{}, err
	}
	return engine{
		secrets: d.secrets, ping: db.Ping, closeDB: db.Close,
		checkReadable: func(ctx context.Context, _ map[string][]string) error { return db.CheckReadable(ctx) },
		alignFeed:     func(context.Context) error { return nil }, // positions continue from the highest one in the file
		markInUse:     db.MarkInUse,
		storage: func(addCache func(app.Definitions) app.Definitions) storage.Storage {
			return sqlite.Storage(db, cel.Language{}, addCache, storage.WithSecrets(d.secrets))
		},
		schema: migrate.SQLite, embedded: true,
		schemaDB: func() (*sql.DB, func(), error) { return db.MigrationDB(), db.EndMigrations, nil },
		readDB:   func() (*sql.DB, func(), error) { return db.ReadDB(), func() {}, nil },
	}, nil
}

func (d database) openPostgres(ctx context.Context) (engine, error) {
	if err := d.checkURL(); err != nil {
		return engine{}, err
	}
	address, err := d.url(ctx)
	if err != nil {
		return engine{}, err
	}
	db, err := postgres.Open(ctx, address, d.traces.ofPostgres()...)
	var few postgres.TooFewConnectionsError
	switch {
	case errors.As(err, &few):
		return engine{}, failure("few_connections", fault.Params{
			"setting": "pool_max_conns", "given": strconv.Itoa(int(few.Given)), "min": strconv.Itoa(int(few.Min)),
		})
	case err != nil:
		return engine{}, fmt.Errorf("%s: %w", d.shown(), err)
	}
	schema := migrate.Postgres
	schema.Settings = db.Settings
	schemaDB := func() (*sql.DB, func(), error) {
		own := db.MigrationDB()
		return own, func() { own.Close() }, nil
	}
	return engine{
		secrets: d.secrets, ping: db.Ping, checkReadable: db.CheckReadable, closeDB: db.Close, alignFeed: db.AlignFeed,
		markInUse: func(context.Context) error { return nil }, // copies are the database server's
		storage: func(addCache func(app.Definitions) app.Definitions) storage.Storage {
			return postgres.Storage(db, cel.Language{}, addCache, storage.WithSecrets(d.secrets))
		},
		schema: schema, schemaDB: schemaDB, readDB: schemaDB,
	}, nil
}

// exists returns an error if the SQLite file does not exist. It does not check PostgreSQL databases: connecting to a
// missing one fails anyway.
func (d database) exists() error {
	if !strings.HasPrefix(d.DatabaseURL, "sqlite:") {
		return nil
	}
	path, err := sqlite.Path(d.DatabaseURL)
	if err != nil {
		return err
	}
	_, err = os.Stat(path)
	return err
}

// checkURL returns an error if a password may reach beyond the place where the driver ends it: errors of connections
// would show the rest of it as the name of the host or of the database.
func (d database) checkURL() error {
	_, server, found := strings.Cut(d.DatabaseURL, "://")
	if !found {
		return failure("database_url", fault.Params{"url": d.shown()})
	}
	server, path := cutBefore(server, '/')
	path, _ = cutBefore(path, '?')
	if strings.Count(server, "@") > 1 || strings.Contains(path, "@") {
		return failure("database_escape", fault.Params{"url": d.shown()})
	}
	return nil
}

// shown returns the URL without its password.
func (d database) shown() string { return redacted(d.DatabaseURL) }

// url returns the URL with the password from the file, if one is given.
func (d database) url(ctx context.Context) (string, error) {
	if d.DatabasePasswordFile == "" {
		return d.DatabaseURL, nil
	}
	if !strings.HasPrefix(d.DatabaseURL, "postgres") {
		return "", failure("password_sqlite", nil)
	}
	data, err := readInput(ctx, d.DatabasePasswordFile)
	if err != nil {
		return "", err
	}
	password := strings.TrimRight(string(data), "\r\n")
	if password == "" {
		return "", failure("password_empty", fault.Params{"file": d.DatabasePasswordFile})
	}
	separator := "?"
	if strings.Contains(d.DatabaseURL, "?") {
		separator = "&"
	}
	return d.DatabaseURL + separator + "password=" + percentEncoded(password), nil
}

// percentEncoded returns a value as it stands in a setting of a database URL. PostgreSQL does not read "+" as a space.
func percentEncoded(value string) string {
	return strings.ReplaceAll(url.QueryEscape(value), "+", "%20")
}

func (e engine) close() error { return e.closeDB() }
