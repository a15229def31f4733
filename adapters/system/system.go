// Package system is the machine: its clock and its randomness.
package system

import (
	"crypto/rand"
	"encoding/hex"
	"time"

	"github.com/google/uuid"

	"github.com/procedo/procedo/core/slot"
)

// Clock is the machine's clock in UTC, cut to whole microseconds.
type Clock struct{}

// Now is the present instant.
func (Clock) Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// Random is the operating system's randomness.
type Random struct{}

// RunID returns a UUIDv7 (RFC 9562): ids of one process sort by the time they were made.
func (Random) RunID() string { return uuid.Must(uuid.NewV7()).String() }

// Suffix returns eight hex digits.
func (Random) Suffix() string {
	var b [4]byte
	rand.Read(b[:]) // never fails: it ends the program instead
	return hex.EncodeToString(b[:])
}

// Salts returns n fresh salts.
func (Random) Salts(n int) []slot.Salt {
	salts := make([]slot.Salt, n)
	for i := range salts {
		rand.Read(salts[i][:]) // never fails: it ends the program instead
	}
	return salts
}
