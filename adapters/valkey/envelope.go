package valkey

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strconv"
)

// KeySize is the size in bytes of the secret key that authenticates the stored values.
const KeySize = 32

// entryForm is the version of the form below. It is part of the keys. Entries of earlier releases had no MAC.
const entryForm = "2"

// A stored entry is a header and the encoded value:
//
//	MAC (32 bytes) | kind (1) | seq (19 decimal digits) | SHA-256 of the value (32) | the value
//
// The MAC covers the entry's key and the rest of the header, and so the value through its digest. An entry that was
// changed, cut, copied from another key or written without the secret key is therefore recognized. The scripts on the
// server read the kind and the seq, which is why these are text.
const (
	macSize    = sha256.Size
	seqDigits  = 19 // of the largest int64
	headerSize = macSize + 1 + seqDigits + sha256.Size
)

// Kinds of entries.
const (
	holdsValue = 'v'
	holdsSeq   = 'e' // left by an eviction: values with a lower seq must not be stored
)

// sealer makes and checks the entries under one secret key.
type sealer struct{ secret []byte }

// seal returns the entry that is stored under a key. Value is nil for an eviction.
func (s sealer) seal(key string, kind byte, seq int64, value []byte) []byte {
	entry := make([]byte, headerSize, headerSize+len(value))
	fields := append(entry[:macSize], kind)
	fields = fmt.Appendf(fields, "%0*d", seqDigits, seq)
	digest := sha256.Sum256(value)
	fields = append(fields, digest[:]...)
	copy(entry, s.mac(key, fields[macSize:]))
	return append(entry, value...)
}

// headerIsAuthentic reports whether the header of an entry was made by seal for this key.
func (s sealer) headerIsAuthentic(key string, entry []byte) bool {
	return len(entry) >= headerSize && hmac.Equal(entry[:macSize], s.mac(key, entry[macSize:headerSize]))
}

// open returns the value of an entry and whether it holds one. Authentic is false if the entry was not made by seal for
// this key.
func (s sealer) open(key string, entry []byte) (value []byte, found, authentic bool) {
	if !s.headerIsAuthentic(key, entry) {
		return nil, false, false
	}
	value = entry[headerSize:]
	if digest := sha256.Sum256(value); !hmac.Equal(digest[:], entry[headerSize-sha256.Size:headerSize]) {
		return nil, false, false
	}
	return value, entry[macSize] == holdsValue, true
}

// mac returns the MAC of a key and the fields of a header. The length of the key comes first, so that no two different
// pairs have the same MAC.
func (s sealer) mac(key string, fields []byte) []byte {
	mac := hmac.New(sha256.New, s.secret)
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(key))))
	mac.Write([]byte(key))
	mac.Write(fields)
	return mac.Sum(nil)
}

func seqText(seq int64) string { return strconv.FormatInt(seq, 10) }
