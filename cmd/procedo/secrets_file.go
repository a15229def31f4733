package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/procedo/procedo/adapters/secrets"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/projection"
)

// secretsFlag names the file with the keyset that encrypts the values of sensitive slots.
type secretsFlag struct {
	SecretsKeyFile string `type:"existingfile" help:"File with the keys for sensitive values." placeholder:"FILE"`
}

// keyset returns the keyset of the file, or nil if no file is given.
func (f secretsFlag) keyset(ctx context.Context) (projection.Secrets, error) {
	if f.SecretsKeyFile == "" {
		return nil, nil //nolint:nilnil // values are then stored in clear
	}
	return loadKeyset(ctx, f.SecretsKeyFile)
}

// loadKeyset reads a keyset. Its errors are messages in the language of the terminal.
func loadKeyset(ctx context.Context, path string) (*secrets.Keyset, error) {
	k, err := await(ctx, func() (*secrets.Keyset, error) { return secrets.Load(path) })
	var open secrets.ModeError
	var invalid secrets.InvalidError
	switch {
	case errors.As(err, &open):
		return nil, failure("secrets_mode", fault.Params{"file": path, "mode": fmt.Sprintf("%04o", open.Mode)})
	case errors.As(err, &invalid):
		return nil, failure("secrets_keyset", fault.Params{"file": path})
	}
	return k, err
}
