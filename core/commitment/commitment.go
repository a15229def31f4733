// Package commitment computes salted digests of values. Publishing a digest does not reveal the value. Once the salt
// and the value are known, anyone can check that they give the digest.
package commitment

import (
	"crypto/sha256"
	"encoding/hex"
)

// Salt is 16 random bytes that are hashed together with a value. Without the salt, nobody can find the value by
// comparing the digest with those of likely values.
type Salt [16]byte

// String returns the salt in hex.
func (s Salt) String() string { return hex.EncodeToString(s[:]) }

// ParseSalt parses a salt in hex. It returns false if the text is not 16 bytes in lower-case hex.
func ParseSalt(text string) (s Salt, ok bool) {
	if hex.DecodedLen(len(text)) != len(s) {
		return s, false
	}
	_, err := hex.Decode(s[:], []byte(text))
	return s, err == nil && s.String() == text
}

// Digest is the SHA-256 of a salt followed by a value.
type Digest [sha256.Size]byte

// Of returns the digest of a salt and the bytes of a value: SHA-256(salt ‖ value). The value is in RFC 8785 form.
func Of(salt Salt, value []byte) Digest {
	var buffer [256]byte
	return sha256.Sum256(append(append(buffer[:0], salt[:]...), value...))
}

// String returns the digest in hex.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// Place is where a commitment stands in the trail of an entity.
type Place struct {
	Seq     int64  `json:"seq"`   // of the event
	Pointer string `json:"place"` // JSON Pointer (RFC 6901) relative to the payload of the event
}
