// Package postgres stores all data in PostgreSQL 15 to 17. Statements are built with go-jet and sent by pgx in
// pipelined batches: a run is loaded in one round trip, and a change is written and committed in another.
package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
)

// DB is a PostgreSQL database with its connection pools.
type DB struct {
	lanes
	connection *pgx.ConnConfig
	gate       *gate
	full       *storage.Fullness
	settings   storage.Query // the settings of the URL; empty if there are none
	trips      func()
}

// Option is an option of Open.
type Option func(*DB)

// WithTrips returns an option that calls f at each round trip of reads and writes. It omits the round trips of Ping and
// Exclusively, and those that begin and end the transaction of FeedAndRows.
func WithTrips(f func()) Option { return func(d *DB) { d.trips = f } }

// Open returns the database of a URL (postgres://…). The URL may contain pool_max_conns and the other settings of
// pgxpool. The first query connects to the database.
func Open(ctx context.Context, databaseURL string, options ...Option) (*DB, error) {
	config, err := pgxpool.ParseConfig(databaseURL)
	if err != nil {
		return nil, fmt.Errorf("database URL: %w", err)
	}
	total, err := totalConnections(databaseURL, config)
	if err != nil {
		return nil, err
	}
	settings := prepareConfig(config)
	l, err := openLanes(ctx, config, budgetOf(total), settings)
	if err != nil {
		return nil, err
	}
	d := &DB{lanes: l, connection: config.ConnConfig, gate: newGate(), full: &storage.Fullness{}, trips: func() {}}
	if len(settings) > 0 {
		d.settings = settingsQuery(settings, nil)
	}
	for _, o := range options {
		o(d)
	}
	return d, nil
}

var selectState = storage.Query{
	Text: "SELECT to_regclass('audit_events') IS NOT NULL, current_setting('transaction_read_only') = 'on'",
}

// Ping returns a fault of kind fault.Unavailable if the database does not answer, has no schema or accepts no writes.
func (d *DB) Ping(ctx context.Context) error {
	var hasSchema, readOnly bool
	err := d.queryOn(ctx, d.ready, selectState, func(rows pgx.Rows) error { return rows.Scan(&hasSchema, &readOnly) })
	switch {
	case err != nil && fault.Is(err, fault.Unavailable):
		return err
	case err != nil:
		return storage.Unavailable(err)
	case !hasSchema:
		return storage.NoSchema(errors.New("the database has no schema"))
	case readOnly:
		return storage.ReadOnly(errors.New("transactions are read-only: a standby server, or a setting"))
	}
	return d.full.Check()
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

// The error codes of a change that conflicts with another writer's change.
const (
	uniqueViolation      = "23505"
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	divisionByZero       = "22012" // from checkMoved
)

// receiptConstraint is the name of the constraint that a second receipt with the same key violates.
const receiptConstraint = "idempotency_keys_pkey"

// The error codes of a database that cannot be used at the moment.
const (
	readOnlyTransaction    = "25006" // a write to a standby server, for example after a failover
	idleTransactionTimeout = "25P03"
	transactionTimeout     = "25P04"
	diskFull               = "53100"
	lockNotAvailable       = "55P03" // lock_timeout
	adminShutdown          = "57P01"
	crashShutdown          = "57P02"
	idleSessionTimeout     = "57P05"
)

// translate converts an error of the driver to a fault, app.ErrMoved or app.ErrReceiptTaken. An error that already is
// one of these is returned unchanged.
func translate(err error) error {
	var known *fault.Error
	var pg *pgconn.PgError
	var network net.Error
	switch {
	case err == nil || errors.As(err, &known) || errors.Is(err, app.ErrMoved) || errors.Is(err, app.ErrReceiptTaken):
		return err
	case errors.As(err, &pg):
		return translateCode(pg, err)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded),
		errors.As(err, &network), pgconn.SafeToRetry(err),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF): // the connection was closed
		return storage.Unavailable(err)
	}
	return fault.New(fault.Internal, "service.internal", nil).Because(err)
}

func translateCode(pg *pgconn.PgError, err error) error {
	switch pg.Code {
	case uniqueViolation:
		if pg.ConstraintName == receiptConstraint {
			return app.ErrReceiptTaken
		}
		return app.ErrMoved
	case serializationFailure, deadlockDetected, divisionByZero:
		return app.ErrMoved
	case readOnlyTransaction:
		return storage.ReadOnly(err)
	case diskFull:
		return storage.Full(err)
	case lockNotAvailable, idleTransactionTimeout, transactionTimeout:
		return storage.Unavailable(err)
	}
	if isUnusable(pg.Code) {
		return storage.Unavailable(err)
	}
	return fault.New(fault.Internal, "service.internal", nil).Because(err)
}

// isUnusable reports whether an error code means that the server cannot be used: a lost connection, missing resources,
// an operator's intervention, or a system error.
func isUnusable(code string) bool { return slices.Contains([]string{"08", "53", "57", "58"}, code[:2]) }
