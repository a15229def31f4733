// Package system implements the core's clock and random values with those of the operating system.
package system

import (
	"crypto/rand"
	"encoding/hex"
	"time"

	"github.com/google/uuid"

	"github.com/procedo/procedo/core/commitment"
)

// Clock reads the machine's clock.
type Clock struct{}

// Now returns the current time in UTC, truncated to whole microseconds.
func (Clock) Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// Random returns values from the operating system's random number generator.
type Random struct{}

// RunID returns a UUIDv7 (RFC 9562). The ids from one process sort in the order of their creation.
func (Random) RunID() string { return uuid.Must(uuid.NewV7()).String() }

// Suffix returns eight random hexadecimal digits.
func (Random) Suffix() string {
	var b [4]byte
	rand.Read(b[:]) // never returns an error: if the generator fails, the program crashes
	return hex.EncodeToString(b[:])
}

// Salt returns a new random salt.
func (Random) Salt() (s commitment.Salt) {
	rand.Read(s[:]) // never returns an error: if the generator fails, the program crashes
	return s
}
