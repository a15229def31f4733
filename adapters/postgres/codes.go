package postgres

import (
	"context"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
)

// The error codes of a change that conflicts with another writer's change.
const (
	uniqueViolation      = "23505"
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	divisionByZero       = "22012" // from checkMoved
)

// The error codes of a table that does not exist, and of a right that the role lacks.
const (
	undefinedTable        = "42P01"
	insufficientPrivilege = "42501"
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

// faultOf returns the fault for each error code that says what is wrong with the database, for whole classes of codes
// by their first two characters. No request causes these errors, and somebody may correct their cause while the service
// runs.
var faultOf = map[string]func(error) error{
	readOnlyTransaction:   storage.ReadOnly,
	diskFull:              storage.Full,
	insufficientPrivilege: storage.Denied,
	"28":                  storage.Denied,  // the role or its password is refused
	"3D000":               storage.Missing, // the database was dropped or renamed
	undefinedTable:        storage.NoSchema,
	"42703":               storage.NoSchema, // undefined_column
	"42704":               storage.NoSchema, // undefined_object
	"42804":               storage.NoSchema, // datatype_mismatch: a column has another type
	"42883":               storage.NoSchema, // undefined_function, or an operator for another type of column
	"42P10":               storage.NoSchema, // no unique constraint for ON CONFLICT
	"3F000":               storage.NoSchema, // invalid_schema_name
	"XX001":               storage.Damaged,  // data_corrupted
	"XX002":               storage.Damaged,  // index_corrupted

	lockNotAvailable: storage.Unavailable, idleTransactionTimeout: storage.Unavailable,
	transactionTimeout: storage.Unavailable,
	"0A000":            storage.Unavailable, // a migration has changed what a prepared statement returns
	"26000":            storage.Unavailable, // a pooler has lost a prepared statement
	"42P05":            storage.Unavailable, // a pooler has one of the same name
	"55000":            storage.Unavailable, // the database accepts no connections
	"08":               storage.Unavailable, // connection
	"53":               storage.Unavailable, // resources
	"57":               storage.Unavailable, // operator intervention
	"58":               storage.Unavailable, // system
}

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
	}
	for _, code := range []string{pg.Code, pg.Code[:min(2, len(pg.Code))]} {
		if because := faultOf[code]; because != nil {
			return because(err)
		}
	}
	return fault.New(fault.Internal, "service.internal", nil).Because(err)
}
