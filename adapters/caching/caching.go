// Package caching is a decorator round the storage ports. What it keeps is only ever given out after a small read of the
// database, by primary key, has shown that it is still so: a reader on any replica never gets a state older than a write that was
// acknowledged before its read began, whatever happens to the cache. A dead, slow or flushed cache costs latency, never an error.
package caching

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/procedure"
)

// Cache keeps values under keys. It may forget any of them at any time, and may be shared with other processes.
type Cache[V any] interface {
	// Get returns what is kept under the key; false where nothing is.
	Get(ctx context.Context, key string) (v V, found bool, err error)
	// Put keeps a value unless one with the same or a higher seq is kept under the key: compared and set in one step.
	// False where it was not kept for that reason.
	Put(ctx context.Context, key string, seq int64, v V) (kept bool, err error)
}

// Caches are where each resource is kept.
type Caches struct {
	Runs       Cache[app.RunRecord]
	Procedures Cache[procedure.Record]
	Pages      Cache[Page]
}

// Page is a page of the list of procedures, and the list's head when it was read or before.
type Page struct {
	Head    audit.Head
	Records []procedure.Record
}

// Decorate puts the caches in front of the ports, and its counts into the registry.
func Decorate(p app.Ports, c Caches, into prometheus.Registerer) (app.Ports, error) {
	m, err := newMetrics(into)
	if err != nil {
		return p, err
	}
	runs := Runs{Runs: p.Runs, kept: &checked[app.RunRecord]{
		cache: c.Runs, count: m.of("run"), headOf: func(r app.RunRecord) audit.Head { return r.Head },
	}}
	p.Procedures = Procedures{Procedures: p.Procedures, kept: &checked[procedure.Record]{
		cache: c.Procedures, count: m.of("procedure"), headOf: func(r procedure.Record) audit.Head { return r.Head },
	}}
	p.ProcedureList = ProcedureList{ProcedureList: p.ProcedureList, kept: &checked[Page]{
		cache: c.Pages, count: m.of("procedure_page"), headOf: func(p Page) audit.Head { return p.Head },
	}}
	p.Runs, p.RecentRuns = runs, runs
	return p, nil
}
