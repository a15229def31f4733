package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
)

// This file holds the optimised code of the package. The times in its comments were measured by BenchmarkFlaws and
// BenchmarkUnmarshalEvent with an event of 800 bytes.

// Checker checks single events, without their chain. It reuses one buffer for all events: Flaws takes 1.2 µs with the
// buffer and 2.2 µs without. The zero value is ready to use.
type Checker struct{ scratch []byte }

// Flaws describes what is wrong with an event: its hash or another field does not match the canonical bytes. It returns
// nil for a correct event.
func (c *Checker) Flaws(e *Event) (flaws []string) {
	var hash [2 * sha256.Size]byte
	var ok bool
	if c.scratch, ok = writeHash(c.scratch, e.PrevHash, e.Canonical, &hash); !ok || string(hash[:]) != e.Hash {
		flaws = append(flaws, "the hash does not match the canonical bytes")
	}
	c.scratch = appendCanonical(c.scratch[:0], e)
	if string(c.scratch) != e.Canonical {
		flaws = append(flaws, "a copied column differs from the canonical bytes")
	}
	return flaws
}

// writeHash writes the hash of an event to out, in hex. It returns false if prev is not a hash. It uses scratch as its
// buffer, and returns the buffer for further use.
func writeHash(scratch []byte, prev, canonical string, out *[2 * sha256.Size]byte) ([]byte, bool) {
	scratch, err := hex.AppendDecode(scratch[:0], []byte(prev))
	if err != nil || len(scratch) != sha256.Size {
		return scratch, false
	}
	scratch = append(scratch, canonical...)
	sum := sha256.Sum256(scratch)
	hex.Encode(out[:], sum[:])
	return scratch, true
}

// payloadIsCanonical reports whether the canonical bytes contain exactly the text of the payload. Such a payload need
// not be converted to canonical form: unmarshalling an event takes 6.9 µs with this check and 8.9 µs without.
func (d *document) payloadIsCanonical() bool {
	tail := strconv.AppendInt([]byte(`,"seq":`), d.Seq, 10)
	tail = append(tail, `,"v":1}`...)
	end := len(d.Canonical) - len(tail)
	start := end - len(d.Payload)
	return start >= 0 && d.Canonical[end:] == string(tail) && d.Canonical[start:end] == string(d.Payload)
}
