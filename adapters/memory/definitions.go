// Package memory keeps in process what never changes.
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

// NewDefinitions keeps at most size versions (at least 1), the most recently used.
func NewDefinitions(source app.Definitions, size int) (*Definitions, error) {
	kept, err := lru.New[versionKey, *procedure.Version](size)
	return &Definitions{source, kept}, err
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
