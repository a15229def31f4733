package caching

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/procedure"
)

// Procedures is an app.Procedures that caches the current records of procedures. Writes go to the database only. The
// next read finds that the cached record is out of date, and replaces it with the new one.
type Procedures struct {
	app.Procedures
	cache *checkedCache[procedure.Record]
}

// Load returns the current record of the procedure, from the cache if the cached one is current.
func (p Procedures) Load(ctx context.Context, id string) (procedure.Record, error) {
	return p.cache.read(ctx, id, source[procedure.Record]{
		head: func(ctx context.Context) (audit.Head, error) { return p.Head(ctx, id) },
		load: func(ctx context.Context) (procedure.Record, error) { return p.Procedures.Load(ctx, id) },
	})
}

// ProcedureList is an app.ProcedureList that caches pages of the list.
type ProcedureList struct {
	app.ProcedureList
	cache *checkedCache[Page]
}

// ListProcedures returns a page of the list, from the cache if no procedure has changed since it was cached.
func (l ProcedureList) ListProcedures(
	ctx context.Context, f app.ProcedureFilter,
) (app.Page[procedure.Record], error) {
	page, err := l.cache.read(ctx, pageKey(f), source[Page]{
		head: l.ListHead,
		load: func(ctx context.Context) (p Page, err error) {
			// The head is read before the page. If the list changes in between, the next read finds the head out of
			// date and loads the page again. In the other order, an old page could be taken for the current one.
			if p.Head, err = l.ListHead(ctx); err != nil {
				return p, err
			}
			p.Page, err = l.ProcedureList.ListProcedures(ctx, f)
			return p, err
		},
	})
	return page.Page, err
}

// pageKey returns the cache key of a page. Its length does not depend on the filter.
func pageKey(f app.ProcedureFilter) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %d %d", f.Query, f.Status, f.After, f.Size.Items, f.Size.Bytes))
	return hex.EncodeToString(sum[:16])
}
