// Package postgres stores Procedo in PostgreSQL 15 to 17. go-jet builds the statements, pgx runs them in pipelined batches:
// a run is loaded in one round trip, and a change written in another that commits itself.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
)

// DB is one database and its connections.
type DB struct {
	pool  *pgxpool.Pool
	sweep *pgxpool.Pool // for whoever reads much, and asks for more while reading
	trips func()
}

// Option changes how a database is opened.
type Option func(*DB)

// WithTrips calls f with every round trip to the database.
func WithTrips(f func()) Option { return func(d *DB) { d.trips = f } }

// Open prepares connections to the database that a URL (postgres://…) names; it connects when first used. pool_max_conns
// and the other settings of pgxpool may stand in the URL.
func Open(ctx context.Context, databaseURL string, options ...Option) (*DB, error) {
	config, err := pgxpool.ParseConfig(databaseURL)
	if err != nil {
		return nil, fmt.Errorf("database URL: %w", err)
	}
	for name, value := range map[string]string{
		"application_name": "procedo", "timezone": "UTC", "datestyle": "ISO", "statement_timeout": "30s",
		"random_page_cost":              "1.1",             // as on any disk without arms: a page of a list is then read by its own index
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
	sweep := config.Copy()
	sweep.MinConns, sweep.ConnConfig.RuntimeParams["statement_timeout"] = 0, "0"
	sweepers, err := pgxpool.NewWithConfig(ctx, sweep)
	if err != nil {
		return nil, err
	}
	d := &DB{pool: pool, sweep: sweepers, trips: func() {}}
	for _, o := range options {
		o(d)
	}
	return d, nil
}

const maxConnections = 16

// Ping reports whether the database answers and has its schema; fault.Unavailable where not.
func (d *DB) Ping(ctx context.Context) error {
	var there bool
	err := d.pool.QueryRow(ctx, "SELECT to_regclass('audit_events') IS NOT NULL").Scan(&there)
	if err == nil && !there {
		err = errors.New("the database has no schema")
	}
	if err != nil {
		return fault.New(fault.Unavailable, "service.unavailable", nil).Because(err)
	}
	return nil
}

// Close ends all connections.
func (d *DB) Close() error {
	d.sweep.Close()
	d.pool.Close()
	return nil
}

// send runs a batch in one round trip; by itself it is one transaction.
func (d *DB) send(ctx context.Context, b *pgx.Batch) error {
	d.trips()
	return d.pool.SendBatch(ctx, b).Close()
}

// query hands each row to scan.
func (d *DB) query(ctx context.Context, s statement, scan func(pgx.Rows) error) error {
	query, args := s.Sql()
	return d.queryText(ctx, query, args, scan)
}

func (d *DB) queryText(ctx context.Context, query string, args []any, scan func(pgx.Rows) error) error {
	d.trips()
	rows, err := d.pool.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	return eachRow(rows, scan)
}

func eachRow(rows pgx.Rows, scan func(pgx.Rows) error) error {
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// statement is anything go-jet builds.
type statement interface {
	Sql() (query string, args []any)
}

// fixed is a statement whose text never changes: built once by go-jet, run with other arguments each time.
func fixed(s statement) string {
	query, _ := s.Sql()
	return query
}

// Constraints that tell who was faster.
const (
	uniqueViolation      = "23505"
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	divisionByZero       = "22012" // of followed, which says so
	receiptKey           = "idempotency_keys_pkey"
)

// translate turns the driver's errors into the core's, here and nowhere else.
func translate(err error) error {
	var known *fault.Error
	var pg *pgconn.PgError
	var network net.Error
	switch {
	case err == nil || errors.As(err, &known) || errors.Is(err, app.ErrMoved) || errors.Is(err, app.ErrReceiptTaken):
		return err
	case errors.As(err, &pg):
		return translateCode(pg, err)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.As(err, &network), pgconn.SafeToRetry(err),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF): // the connection was cut
		return fault.New(fault.Unavailable, "service.unavailable", nil).Because(err)
	}
	return fault.New(fault.Internal, "service.internal", nil).Because(err)
}

func translateCode(pg *pgconn.PgError, err error) error {
	switch {
	case pg.Code == uniqueViolation && pg.ConstraintName == receiptKey:
		return app.ErrReceiptTaken
	case pg.Code == uniqueViolation, pg.Code == serializationFailure, pg.Code == deadlockDetected, pg.Code == divisionByZero:
		return app.ErrMoved
	}
	switch class := pg.Code[:2]; {
	case pg.Code == "25006", class == "08", class == "53", class == "57", class == "58": // read-only after a failover; connection, resources, operator, system
		return fault.New(fault.Unavailable, "service.unavailable", nil).Because(err)
	}
	return fault.New(fault.Internal, "service.internal", nil).Because(err)
}
