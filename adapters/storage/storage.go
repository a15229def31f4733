// Package storage holds the code that all database adapters share.
package storage

import (
	"context"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/session"
	"github.com/procedo/procedo/core/verify"
)

// Storage holds the ports that a database adapter implements, for the use cases and for the verifier.
type Storage struct {
	App    app.Ports // without Clock and Random, which need no database
	Verify verify.Ports
	Heads  app.RunHeads
	// Resealer encrypts stored values again after a key was added.
	Resealer Resealer
	Keys     app.ServiceKeys
	Sessions session.Store

	RunHeads, ProcedureHeads HeadReader
}

// HeadReader reads the heads of many entities of one type.
type HeadReader interface {
	// Heads returns the heads by id, with one query outside a transaction. It leaves out unknown entities.
	Heads(ctx context.Context, ids []string) (map[string]audit.Head, error)
}
