package storage

import "github.com/procedo/procedo/core/fault"

// The faults of a database that cannot be used at the moment. A later attempt may succeed, some only after somebody has
// repaired the database.

// Unavailable returns the fault of a database that does not answer.
func Unavailable(err error) error { return because("service.unavailable", err) }

// Full returns the fault of a database whose disk is full.
func Full(err error) error { return because(fullCode, err) }

const fullCode = "service.database_full"

// ReadOnly returns the fault of a database that accepts no writes, such as a standby server or a read-only file.
func ReadOnly(err error) error { return because("service.database_read_only", err) }

// Moved returns the fault of a database whose file was moved, replaced or deleted while it was open.
func Moved(err error) error { return because("service.database_moved", err) }

// NoSchema returns the fault of a database without the schema.
func NoSchema(err error) error { return because("service.database_schema", err) }

func because(code string, err error) error {
	return fault.New(fault.Unavailable, code, nil).Because(err)
}
