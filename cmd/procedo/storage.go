package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // database/sql on PostgreSQL, for migrations

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/adapters/migrate"
	"github.com/procedo/procedo/adapters/postgres"
	"github.com/procedo/procedo/adapters/sqlite"
	"github.com/procedo/procedo/core/app"
)

// storage is a database behind the ports, whichever it is.
type storage struct {
	ports func(keep func(app.Definitions) app.Definitions) app.Ports
	ping  func(context.Context) error
	shut  func() error
	align func(context.Context) error // the feed goes on after what is in it, also in a database that was restored elsewhere
	scrub func(context.Context) error // what was erased leaves the files too, as far as the database lets it

	schema   migrate.Schema
	schemaDB func() (db *sql.DB, done func(), err error)
	embedded bool // the database is a file of ours, made when it is first used
}

// connect opens the database that the URL names; it connects when first used.
func (d database) connect(ctx context.Context) (storage, error) {
	switch scheme, _, _ := strings.Cut(d.DatabaseURL, ":"); scheme {
	case "sqlite":
		return d.connectSQLite()
	case "postgres", "postgresql":
		return d.connectPostgres(ctx)
	}
	return storage{}, fmt.Errorf("database URL %q: want sqlite:FILE or postgres://…", d.shown())
}

func (d database) connectSQLite() (storage, error) {
	db, err := sqlite.Open(d.DatabaseURL)
	if err != nil {
		return storage{}, err
	}
	return storage{
		ping: db.Ping, shut: db.Close, scrub: db.Checkpoint,
		align: func(context.Context) error { return nil }, // positions are counted by the file itself
		ports: func(keep func(app.Definitions) app.Definitions) app.Ports {
			return sqlite.Ports(db, cel.Language{}, keep)
		},
		schema: migrate.SQLite, schemaDB: func() (*sql.DB, func(), error) { return db.Writer(), func() {}, nil }, embedded: true,
	}, nil
}

func (d database) connectPostgres(ctx context.Context) (storage, error) {
	db, err := postgres.Open(ctx, d.DatabaseURL)
	if err != nil {
		return storage{}, err
	}
	return storage{
		ping: db.Ping, shut: db.Close, align: db.AlignFeed,
		scrub: func(context.Context) error { return nil }, // dead rows go when the database's own VACUUM comes by
		ports: func(keep func(app.Definitions) app.Definitions) app.Ports {
			return postgres.Ports(db, cel.Language{}, keep)
		},
		schema: migrate.Postgres, schemaDB: func() (*sql.DB, func(), error) {
			own, err := sql.Open("pgx", d.DatabaseURL)
			return own, func() { own.Close() }, err
		},
	}, nil
}

// exists reports an SQLite file that is not there; a server says so itself.
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

// shown is the URL as it may be shown: without a password.
func (d database) shown() string { return redacted(d.DatabaseURL) }

// redacted is a URL without its password.
func redacted(address string) string {
	u, err := url.Parse(address)
	switch {
	case err == nil && u.User != nil:
		return u.Redacted()
	case err != nil && strings.Contains(address, "@"): // where the password ends is not known
		scheme, _, _ := strings.Cut(address, ":")
		return scheme + ":…"
	}
	return address
}

func (s storage) close() error { return s.shut() }
