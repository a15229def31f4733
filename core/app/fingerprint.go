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

// headPurpose does the same for the HMAC of the head.
const headPurpose = "procedo idempotency head\n"

// The form of a stored fingerprint: hmacPrefix, the HMAC of the whole content, a colon, and the HMAC of the head alone.
// An erasure in a run leaves only erasedPrefix and the HMAC of the head in the receipts of the run, because the body
// may have held what was erased, and the HMAC of a short value can be found by trying.
const (
	ErasedPrefix = "erased:"
	// HeadPosition is the position of the HMAC of the head in a stored fingerprint, from 1, in characters.
	HeadPosition = wholeLength + 1 + 1
	wholeLength  = len(hmacPrefix) + 2*sha256.Size
)

// Fingerprint identifies the content of a request: its head, which is the path, and its body. Requests with the same
// idempotency key must have the same content.
type Fingerprint struct {
	stored     string // the form in which new receipts store it
	head, body []byte
}

// NewFingerprint returns the fingerprint of a content under a secret key.
func NewFingerprint(key, head, body []byte) Fingerprint {
	m, ok := macs.Get().(*keyedMAC)
	if !ok || !hmac.Equal(m.key, key) {
		m = &keyedMAC{key: bytes.Clone(key), mac: hmac.New(sha256.New, key)}
	}
	m.text = append(m.text[:0], hmacPrefix...)
	m.add(fingerprintPurpose, head, body)
	m.text = append(m.text, ':')
	m.add(headPurpose, head, nil)
	f := Fingerprint{stored: string(m.text), head: head, body: body}
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

// add appends the HMAC of a content to the text, in hex.
func (m *keyedMAC) add(purpose string, head, body []byte) {
	m.mac.Reset()
	m.sum = append(m.sum[:0], purpose...)
	m.mac.Write(m.sum)
	m.mac.Write(head)
	m.mac.Write(body)
	m.sum = m.mac.Sum(m.sum[:0])
	m.text = hex.AppendEncode(m.text, m.sum)
}

// String returns the fingerprint in the form in which receipts store it.
func (f Fingerprint) String() string { return f.stored }

// Matches reports whether a stored fingerprint is of the same content. One whose body was erased matches any body. The
// fingerprints of earlier releases have no head, or are the plain SHA-256 of the content in hex.
func (f Fingerprint) Matches(stored string) bool {
	switch head, erased := strings.CutPrefix(stored, ErasedPrefix); {
	case erased:
		return hmac.Equal([]byte(head), []byte(f.stored[HeadPosition-1:]))
	case strings.HasPrefix(stored, hmacPrefix) && len(stored) == wholeLength:
		return hmac.Equal([]byte(stored), []byte(f.stored[:wholeLength]))
	case strings.HasPrefix(stored, hmacPrefix):
		return hmac.Equal([]byte(stored), []byte(f.stored))
	}
	sum := sha256.New()
	sum.Write(f.head)
	sum.Write(f.body)
	return stored == hex.EncodeToString(sum.Sum(nil))
}
