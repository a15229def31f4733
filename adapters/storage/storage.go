// Package storage holds what the database adapters share: code that is the same whichever database the rows come from.
package storage

import (
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/verify"
)

// Storage is what a database adapter provides: the ports of the use cases and of the verifier, over one database.
type Storage struct {
	App    app.Ports // without clock and randomness
	Verify verify.Ports
	Heads  app.RunHeads
}
