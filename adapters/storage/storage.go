// Package storage holds the code that all database adapters share.
package storage

import (
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/verify"
)

// Storage holds the ports that a database adapter implements, for the use cases and for the verifier.
type Storage struct {
	App    app.Ports // without Clock and Random, which need no database
	Verify verify.Ports
	Heads  app.RunHeads
	Keys   app.ServiceKeys
}
