// Package memory keeps things in this process: compiled versions, which never change, and whatever else has a seq.
package memory

import (
	"context"

	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/procedure"
)

// Definitions keeps compiled versions in front of another source. Versions never change, so none is ever stale;
// the bound is for memory alone.
type Definitions struct {
	source app.Definitions
	kept   *lru.Cache[versionKey, *procedure.Version]
}

type versionKey struct {
	id      string
	version int
}

// KeepDefinitions returns what puts a memory of at most size versions (at least 1), the most recently used, in front of a source.
func KeepDefinitions(size int) func(app.Definitions) app.Definitions {
	return func(source app.Definitions) app.Definitions {
		kept, _ := lru.New[versionKey, *procedure.Version](max(size, 1)) // its only error is a size below 1
		return &Definitions{source, kept}
	}
}

// Definition returns a version, from memory where it was asked for before.
func (d *Definitions) Definition(ctx context.Context, id string, version int) (*procedure.Version, error) {
	key := versionKey{id, version}
	if v, ok := d.kept.Get(key); ok {
		return v, nil
	}
	v, err := d.source.Definition(ctx, id, version)
	if err == nil {
		d.kept.Add(key, v)
	}
	return v, err
}
