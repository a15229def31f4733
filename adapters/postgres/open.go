// Package postgres stores all data in PostgreSQL 15 to 17. Statements are built with go-jet and sent by pgx in
// pipelined batches: a run is loaded in one round trip, and a change is written and committed in another.
package postgres

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/procedo/procedo/adapters/storage"
)

// DB is a PostgreSQL database with its connection pools.
type DB struct {
	lanes
	connection *pgx.ConnConfig
	gate       *gate
	full       *storage.Fullness
	settings   storage.Query   // the settings of the URL; empty if there are none
	ownPath    bool            // the URL sets the search_path
	tracer     pgx.QueryTracer // of statements; nil: none
	beginGroup storage.BeginGroup
}

// Option is an option of Open.
type Option func(*DB)

// WithTracing returns an option that makes spans: of statements with t, and of the transactions of groups with g.
func WithTracing(t pgx.QueryTracer, g storage.BeginGroup) Option {
	return func(d *DB) { d.tracer, d.beginGroup = t, g }
}

// Open returns the database of a URL (postgres://…). The URL may contain pool_max_conns and the other settings of
// pgxpool. The first query connects to the database.
func Open(ctx context.Context, databaseURL string, options ...Option) (*DB, error) {
	config, err := pgxpool.ParseConfig(databaseURL)
	if err != nil {
		return nil, invalidURL(err)
	}
	total, err := totalConnections(databaseURL, config)
	if err != nil {
		return nil, err
	}
	settings := prepareConfig(config)
	d := &DB{connection: config.ConnConfig.Copy(), gate: newGate(), full: &storage.Fullness{}}
	for _, o := range options {
		o(d)
	}
	config.ConnConfig.Tracer = d.tracer
	if d.lanes, err = openLanes(ctx, config, budgetOf(total), settings); err != nil {
		return nil, err
	}
	if len(settings) > 0 {
		d.settings = settingsQuery(settings, nil)
		_, d.ownPath = settings[searchPath]
	}
	return d, nil
}

// InvalidURLError means that a database URL cannot be used. No text of it shows a part of the URL: it could be of the
// password.
type InvalidURLError struct{ Reason string }

func (e InvalidURLError) Error() string { return "database URL: " + e.Reason }

// invalidURL returns an error of the driver without what it quotes from the URL. A file that cannot be read is named.
func invalidURL(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) && !strings.Contains(path.Path, "@") {
		return path
	}
	reason := "it cannot be read"
	if invalid, ok := errors.AsType[*pgconn.ParseConfigError](err); ok {
		own := *invalid
		own.ConnString = ""
		_, reason, _ = strings.Cut(own.Error(), "`: ")
		reason, _, _ = strings.Cut(reason, " (")
		reason, _, _ = strings.Cut(reason, ":")
	}
	return InvalidURLError{reason}
}

// MigrationDB returns a connection for migrations, without the pool settings of the URL. The settings of the URL must
// be made in each of its transactions, by Settings.
func (d *DB) MigrationDB() *sql.DB { return stdlib.OpenDB(*d.connection) }

// Settings makes the settings of the URL in a transaction.
func (d *DB) Settings(ctx context.Context, tx *sql.Tx) error {
	if d.settings.Text == "" {
		return nil
	}
	_, err := tx.ExecContext(ctx, d.settings.Text, d.settings.Args...)
	return err
}

// Close closes all connections.
func (d *DB) Close() error {
	d.close()
	return nil
}
