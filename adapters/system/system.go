// Package system implements the core's clock and random values with those of the operating system.
package system

import (
	"crypto/rand"
	"encoding/hex"
	"sync"
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
	b, ok := salts.Get().(*saltBuffer)
	if !ok {
		b = new(saltBuffer)
	}
	s = b.next()
	salts.Put(b)
	return s
}

// salts keeps the random bytes that have not been used. An event needs about ten salts, and drawing them one by one
// takes twice as long.
var salts sync.Pool

// saltBuffer holds random bytes for some salts.
type saltBuffer struct {
	bytes [512]byte
	left  int // the number of bytes, at the end, that have not been used
}

// next returns unused bytes and removes them from the buffer, so that a salt that was erased is not in memory.
func (b *saltBuffer) next() (s commitment.Salt) {
	if b.left == 0 {
		rand.Read(b.bytes[:]) // never returns an error: if the generator fails, the program crashes
		b.left = len(b.bytes)
	}
	unused := b.bytes[len(b.bytes)-b.left:]
	copy(s[:], unused)
	clear(unused[:len(s)])
	b.left -= len(s)
	return s
}
