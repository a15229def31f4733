// Package postgres stores all data in PostgreSQL 15 to 17. Statements are built with go-jet and sent by pgx in
// pipelined batches: a run is loaded in one round trip, and a change is written and committed in another.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
)

// DB is a PostgreSQL database with its connection pools. Long scans have a pool of their own, because their callbacks
// may run queries on the other pool.
type DB struct {
	pool  *pgxpool.Pool
	scans *pgxpool.Pool // for long scans; its statements have no timeout
	trips func()
}

// Option is an option of Open.
type Option func(*DB)

// WithTrips returns an option that calls f at each round trip of reads and writes. It omits the round trips of Ping and
// Exclusively, and those that begin and end the transaction of FeedAndRows.
func WithTrips(f func()) Option { return func(d *DB) { d.trips = f } }

const maxConnections = 16

// Open returns the database of a URL (postgres://…). The URL may contain pool_max_conns and the other settings of
// pgxpool. The first query connects to the database.
func Open(ctx context.Context, databaseURL string, options ...Option) (*DB, error) {
	config, err := pgxpool.ParseConfig(databaseURL)
	if err != nil {
		return nil, fmt.Errorf("database URL: %w", err)
	}
	for name, value := range map[string]string{
		"application_name": "procedo", "timezone": "UTC", "datestyle": "ISO", "statement_timeout": "30s",
		"random_page_cost":              "1.1",             // suits SSDs; makes the planner prefer indexes
		"default_transaction_isolation": "repeatable read", // a batch reads from one snapshot
	} {
		if config.ConnConfig.RuntimeParams[name] == "" {
			config.ConnConfig.RuntimeParams[name] = value
		}
	}
	if !strings.Contains(databaseURL, "pool_max_conns") {
		config.MaxConns = maxConnections
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	config = config.Copy()
	config.MinConns, config.ConnConfig.RuntimeParams["statement_timeout"] = 0, "0"
	scans, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	d := &DB{pool: pool, scans: scans, trips: func() {}}
	for _, o := range options {
		o(d)
	}
	return d, nil
}

// Ping returns fault.Unavailable if the database does not answer or has no schema.
func (d *DB) Ping(ctx context.Context) error {
	var exists bool
	err := d.pool.QueryRow(ctx, "SELECT to_regclass('audit_events') IS NOT NULL").Scan(&exists)
	if err == nil && !exists {
		err = errors.New("the database has no schema")
	}
	if err != nil {
		return unavailable(err)
	}
	return nil
}

// Close closes all connections.
func (d *DB) Close() error {
	d.scans.Close()
	d.pool.Close()
	return nil
}

// The error codes of a change that conflicts with another writer's change.
const (
	uniqueViolation      = "23505"
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	divisionByZero       = "22012" // from checkUpdated
)

// receiptConstraint is the name of the constraint that a second receipt with the same key violates.
const receiptConstraint = "idempotency_keys_pkey"

// readOnlyTransaction is the error code for a write to a standby server, for example after a failover.
const readOnlyTransaction = "25006"

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
		return unavailable(err)
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
		return unavailable(err)
	}
	switch pg.Code[:2] {
	case "08", "53", "57", "58": // error classes: connection, resources, operator intervention, system
		return unavailable(err)
	}
	return fault.New(fault.Internal, "service.internal", nil).Because(err)
}

func unavailable(err error) error {
	return fault.New(fault.Unavailable, "service.unavailable", nil).Because(err)
}
