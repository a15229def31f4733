package app

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// hmacPrefix begins every fingerprint that is an HMAC. Earlier releases stored the plain SHA-256 of the content in hex,
// without a prefix. Such a fingerprint does not keep the content secret: a short value can be found by trying.
const hmacPrefix = "hmac-sha256:"

// fingerprintPurpose begins the bytes that are authenticated, so that the HMAC cannot stand for anything else that is
// authenticated with the same key.
const fingerprintPurpose = "procedo idempotency fingerprint\n"

// Fingerprint identifies the content of a request: its path and body. Requests with the same idempotency key must have
// the same content.
type Fingerprint struct {
	stored  string // the form in which new receipts store it
	content []byte
}

// NewFingerprint returns the fingerprint of a content under a secret key.
func NewFingerprint(key, content []byte) Fingerprint {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(fingerprintPurpose))
	mac.Write(content)
	return Fingerprint{stored: hmacPrefix + hex.EncodeToString(mac.Sum(nil)), content: content}
}

// String returns the fingerprint in the form in which receipts store it.
func (f Fingerprint) String() string { return f.stored }

// Matches reports whether a stored fingerprint, in today's form or that of earlier releases, is of the same content.
func (f Fingerprint) Matches(stored string) bool {
	if strings.HasPrefix(stored, hmacPrefix) {
		return hmac.Equal([]byte(stored), []byte(f.stored))
	}
	sum := sha256.Sum256(f.content)
	return stored == hex.EncodeToString(sum[:])
}
