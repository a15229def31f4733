// Package postgres embeds the PostgreSQL schema: versioned steps up with their atlas.sum, and the way down beside them.
package postgres

import "embed"

// Up holds the versioned steps and their atlas.sum.
//
//go:embed *.sql atlas.sum
var Up embed.FS

// Down holds, under down/, a file for each step that takes it back.
//
//go:embed down/*.sql
var Down embed.FS
