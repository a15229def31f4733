package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
)

// This file holds the code of the package that exists for speed. The figures are those of BenchmarkFlaws and
// BenchmarkUnmarshalEvent with an event of 800 bytes, as they are read and checked one after the other.

// Checker finds what is wrong with events by themselves. It reuses one buffer for all of them: Flaws takes 1.2 µs
// with it and 2.2 µs without. The zero value is ready to use.
type Checker struct{ scratch []byte }

// Flaws returns what is wrong with an event by itself: whether its hash, and the copies of parts of the canonical
// bytes, match the canonical bytes.
func (c *Checker) Flaws(e *Event) (flaws []string) {
	var hash [2 * sha256.Size]byte
	var ok bool
	if c.scratch, ok = hashOf(c.scratch, e.PrevHash, e.Canonical, &hash); !ok || string(hash[:]) != e.Hash {
		flaws = append(flaws, "the hash does not match the canonical bytes")
	}
	c.scratch = appendCanonical(c.scratch[:0], e)
	if string(c.scratch) != e.Canonical {
		flaws = append(flaws, "a copied column differs from the canonical bytes")
	}
	return flaws
}

// hashOf writes the hash of an event to out, in hex. It reports false if prev is not a hash. It returns scratch,
// which may have grown, for further use.
func hashOf(scratch []byte, prev, canonical string, out *[2 * sha256.Size]byte) ([]byte, bool) {
	scratch, err := hex.AppendDecode(scratch[:0], []byte(prev))
	if err != nil || len(scratch) != sha256.Size {
		return scratch, false
	}
	scratch = append(scratch, canonical...)
	sum := sha256.Sum256(scratch)
	hex.Encode(out[:], sum[:])
	return scratch, true
}

// payloadIsCanonical reports whether the payload occurs in the canonical bytes just as it is, so that it need not be
// brought into canonical form: unmarshalling an event takes 6.9 µs with this check and 8.9 µs without.
func (d *document) payloadIsCanonical() bool {
	tail := strconv.AppendInt([]byte(`,"seq":`), d.Seq, 10)
	tail = append(tail, `,"v":1}`...)
	end := len(d.Canonical) - len(tail)
	start := end - len(d.Payload)
	return start >= 0 && d.Canonical[end:] == string(tail) && d.Canonical[start:end] == string(d.Payload)
}
