package app

import (
	"context"
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
