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

// Procedures keeps procedures' present records: app.Procedures. A change of one is loaded by whoever reads it next.
type Procedures struct {
	app.Procedures
	kept *checked[procedure.Record]
}

// Load returns the procedure's present record, from the cache where its head is the present one.
func (p Procedures) Load(ctx context.Context, id string) (procedure.Record, error) {
	return p.kept.read(ctx, id, source[procedure.Record]{
		head: func(ctx context.Context) (audit.Head, error) { return p.Head(ctx, id) },
		load: func(ctx context.Context) (procedure.Record, error) { return p.Procedures.Load(ctx, id) },
	})
}

// ProcedureList keeps pages of the list: app.ProcedureList.
type ProcedureList struct {
	app.ProcedureList
	kept *checked[Page]
}

// ListProcedures returns a page of the list as it is, from the cache where no procedure has changed since it was read.
func (l ProcedureList) ListProcedures(ctx context.Context, f app.ProcedureFilter) ([]procedure.Record, error) {
	page, err := l.kept.read(ctx, pageKey(f), source[Page]{
		head: l.ListHead,
		load: func(ctx context.Context) (p Page, err error) {
			if p.Head, err = l.ListHead(ctx); err != nil { // before the page: what comes between makes it look older, never newer
				return p, err
			}
			p.Records, err = l.ProcedureList.ListProcedures(ctx, f)
			return p, err
		},
	})
	return page.Records, err
}

// pageKey is of one length, whatever was asked for.
func pageKey(f app.ProcedureFilter) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %d", f.Query, f.Status, f.After, f.Limit))
	return hex.EncodeToString(sum[:16])
}
