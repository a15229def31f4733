package storage

import (
	"errors"
	"fmt"

	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/schema"
)

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

// Damaged returns the fault of a database whose content is damaged.
func Damaged(err error) error { return because("service.database_damaged", err) }

// Unreadable returns the fault of a database whose file cannot be opened, read or written.
func Unreadable(err error) error { return because("service.database_unreadable", err) }

// Denied returns the fault of a database that refuses the service's user, or lacks a right for it.
func Denied(err error) error { return because("service.database_denied", err) }

// LackingError is the cause of the fault Denied if rights are missing, such as "SELECT ON runs, INSERT ON runs".
type LackingError struct{ Role, Rights string }

func (e LackingError) Error() string { return "the role lacks rights: " + e.Rights }

// Missing returns the fault of a database that does not exist on its server.
func Missing(err error) error { return because("service.database_missing", err) }

// NoSchema returns the fault of a database without the schema, or with that of another release.
func NoSchema(err error) error { return because("service.database_schema", err) }

// ErrOtherRelease is the cause of the fault of a database to which other migrations are applied.
var ErrOtherRelease = errors.New("the database has the tables of another release")

// CheckRelease returns the fault of a database with the tables of another release, if it is one.
func CheckRelease(found, own schema.Revisions) error {
	if found == own {
		return nil
	}
	return NoSchema(fmt.Errorf("%w: %d migrations up to %s are applied, instead of %d up to %s",
		ErrOtherRelease, found.Count, found.Newest, own.Count, own.Newest))
}

// AsUnavailable returns err if it is a fault of kind fault.Unavailable, and otherwise that of a database that does not
// answer.
func AsUnavailable(err error) error {
	if fault.Is(err, fault.Unavailable) {
		return err
	}
	return Unavailable(err)
}

func because(code string, err error) error {
	return fault.New(fault.Unavailable, code, nil).Because(err)
}
