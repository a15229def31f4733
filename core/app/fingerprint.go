package app

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strings"
	"sync"
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
	m, ok := macs.Get().(*keyedMAC)
	if !ok || !hmac.Equal(m.key, key) {
		m = &keyedMAC{key: bytes.Clone(key), mac: hmac.New(sha256.New, key)}
	}
	m.mac.Reset()
	m.text = append(m.text[:0], fingerprintPurpose...)
	m.mac.Write(m.text)
	m.mac.Write(content)
	m.sum = m.mac.Sum(m.sum[:0])
	m.text = hex.AppendEncode(append(m.text[:0], hmacPrefix...), m.sum)
	f := Fingerprint{stored: string(m.text), content: content}
	macs.Put(m)
	return f
}

// macs keeps HMACs for further use. With a new one for each request, NewFingerprint takes 10 allocations instead of 1.
var macs sync.Pool

// keyedMAC is an HMAC with its key and with buffers.
type keyedMAC struct {
	key, text, sum []byte
	mac            hash.Hash
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
