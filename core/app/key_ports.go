package app

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
)

// ServiceKeys reads the secret keys of the service. They are stored in the database, so that all replicas share them.
type ServiceKeys interface {
	// ServiceKey returns the key with the given name, ServiceKeySize bytes. It returns ErrNoServiceKey if the key is
	// missing or has another size.
	ServiceKey(ctx context.Context, name string) ([]byte, error)
}

// HMACKey is the name of the key that authenticates, with HMAC-SHA-256, what the service stores.
const HMACKey = "hmac"

// ServiceKeySize is the size of a service key in bytes.
const ServiceKeySize = 32

// ErrNoServiceKey means that the database does not hold a service key. The migrations make every key, so somebody has
// removed or changed it.
var ErrNoServiceKey = errors.New("the service key is missing from the database or damaged")

// cachePurpose separates the key of the cache from everything else that is derived from or made with the HMAC key.
const cachePurpose = "procedo shared cache"

// CacheKey derives the key that authenticates the values in a shared cache from the key named HMACKey. The HMAC
// key cannot be computed from it.
func CacheKey(hmacKey []byte) (key [ServiceKeySize]byte, err error) {
	derived, err := hkdf.Expand(sha256.New, hmacKey, cachePurpose, ServiceKeySize)
	copy(key[:], derived)
	return key, err
}
