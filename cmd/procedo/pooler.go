package main

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/procedo/procedo/adapters/migrate"
	"github.com/procedo/procedo/core/fault"
)

// checkPooler returns an error if a connection pooler does not keep apart the prepared statements of its clients. Two
// connections prepare the same statement, one after the other: such a pooler gives both to the same session of the
// server, which refuses the second.
func (e engine) checkPooler(ctx context.Context, db *sql.DB) error {
	for range 2 {
		conn, err := db.Conn(ctx)
		if err != nil {
			return err
		}
		defer conn.Close() //nolint:errcheck // it only read
		var one int
		if err := conn.QueryRowContext(ctx, "SELECT 1").Scan(&one); err != nil {
			return err
		}
	}
	return nil
}

// The error codes of PostgreSQL about prepared statements, and of PgBouncer about what it does not support.
const (
	duplicateStatement = "42P05"
	unknownStatement   = "26000"
	protocolViolation  = "08P01"
)

// databaseFailure returns a message for an error whose cause is the role in the database URL, the pooler to which it
// leads, a server that does not answer, or a database of another encoding or of a newer release. It returns other
// errors unchanged.
func databaseFailure(err error) error {
	var pg *pgconn.PgError
	var newer migrate.NewerError
	var other migrate.EncodingError
	switch {
	case errors.As(err, &other):
		return failure("database_encoding", fault.Params{"encoding": other.Encoding})
	case errors.As(err, &newer):
		return failure("schema_newer", fault.Params{"version": newer.Version})
	case errors.Is(err, migrate.ErrNotOwner):
		return failure("schema_denied", nil)
	case !errors.As(err, &pg):
		if connect, ok := errors.AsType[*pgconn.ConnectError](err); ok && !errors.Is(err, context.Canceled) {
			return failure("no_database", fault.Params{"reason": reasonOf(connect)})
		}
		return err
	case pg.Code == duplicateStatement || pg.Code == unknownStatement:
		return failure("pooler_statements", nil)
	case pg.Code == protocolViolation && strings.Contains(pg.Message, "statement pooling mode"):
		return failure("pooler_mode", fault.Params{"setting": "pool_mode = transaction"})
	}
	return err
}
