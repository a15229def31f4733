// Package postgres stores Procedo in PostgreSQL 15 to 17. Statements are built with go-jet and sent by pgx in pipelined
// batches: a run is loaded in one round trip, and a change is written and committed in another.
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

// DB is one database and its connections.
type DB struct {
	pool  *pgxpool.Pool
	scans *pgxpool.Pool // for long scans, during which other queries are made
	trips func()
}

// Option changes how a database is opened.
type Option func(*DB)

// WithTrips calls f with every round trip to the database.
func WithTrips(f func()) Option { return func(d *DB) { d.trips = f } }

const maxConnections = 16

// Open prepares connections to the database that a URL (postgres://…) names; it connects when it is first used. The
// URL may contain pool_max_conns and the other settings of pgxpool.
func Open(ctx context.Context, databaseURL string, options ...Option) (*DB, error) {
	config, err := pgxpool.ParseConfig(databaseURL)
	if err != nil {
		return nil, fmt.Errorf("database URL: %w", err)
	}
	for name, value := range map[string]string{
		"application_name": "procedo", "timezone": "UTC", "datestyle": "ISO", "statement_timeout": "30s",
		"random_page_cost":              "1.1",             // no seek time: lists are read by their indexes
		"default_transaction_isolation": "repeatable read", // a batch reads everything as of one moment
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

// Ping returns fault.Unavailable unless the database answers and has its schema.
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

// Error codes and a constraint that mean that another writer was faster.
const (
	uniqueViolation      = "23505"
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	divisionByZero       = "22012" // of checkUpdated
	receiptKey           = "idempotency_keys_pkey"
)

// readOnlyTransaction is the error code of a write to a server that has become a standby.
const readOnlyTransaction = "25006"

// translate returns the fault that an error of the driver means. Errors are translated here and nowhere else.
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
		if pg.ConstraintName == receiptKey {
			return app.ErrReceiptTaken
		}
		return app.ErrMoved
	case serializationFailure, deadlockDetected, divisionByZero:
		return app.ErrMoved
	case readOnlyTransaction:
		return unavailable(err)
	}
	switch pg.Code[:2] {
	case "08", "53", "57", "58": // connection, resources, operator intervention, system
		return unavailable(err)
	}
	return fault.New(fault.Internal, "service.internal", nil).Because(err)
}

func unavailable(err error) error {
	return fault.New(fault.Unavailable, "service.unavailable", nil).Because(err)
}
