// Package sqlite embeds the SQLite migrations: the up migrations with their atlas.sum, and the down migrations.
package sqlite

import (
	"embed"

	"github.com/procedo/procedo/schema"
)

// Up holds the up migrations and their atlas.sum.
//
//go:embed *.sql atlas.sum
var Up embed.FS

// Down holds the down migrations: down/ has a file for each up migration, under the same name.
//
//go:embed down/*.sql
var Down embed.FS

// Revisions is what the table of the applied migrations says in a database of this release.
var Revisions = schema.RevisionsOf(Up)
