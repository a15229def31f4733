package storage

import "github.com/procedo/procedo/core/projection"

// Option changes how a database adapter stores runs.
type Option func(*Options)

// Options are the settings of a database adapter. The zero Options store the values of sensitive slots in clear.
type Options struct {
	Secrets projection.Secrets // encrypts the values of sensitive slots; nil: off
}

// NewOptions returns the settings that the options make.
func NewOptions(options []Option) (o Options) {
	for _, set := range options {
		set(&o)
	}
	return o
}

// WithSecrets lets the adapter store the values of sensitive slots encrypted. If s is nil, it stores them in clear.
func WithSecrets(s projection.Secrets) Option { return func(o *Options) { o.Secrets = s } }
