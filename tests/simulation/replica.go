package simulation

import (
	"encoding/binary"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/procedo/procedo/adapters/caching"
	"github.com/procedo/procedo/adapters/memory"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/commitment"
	"github.com/procedo/procedo/core/procedure"
	"github.com/procedo/procedo/core/slot"
)

// replica is a process of the service. When it dies, what it has under way fails, and another one takes its place.
type replica struct {
	name    string
	service *app.Service
	dead    bool
}

// caches are the caches of a replica, or those that all replicas share.
type caches struct {
	runs       *cache[app.RunRecord]
	procedures *cache[procedure.Record]
	pages      *cache[caching.Page]
}

func newCaches(w *world) *caches {
	return &caches{
		runs:       newCache(w, "cached", func(r app.RunRecord) { w.law.checkCached(r) }),
		procedures: newCache(w, "cached", func(procedure.Record) {}),
		pages:      newCache(w, "cached page", func(caching.Page) {}),
	}
}

func newReplica(w *world, i int) *replica {
	p := &ports{w: w}
	stored := procedures{p}
	p.definitions = memory.KeepDefinitions(100)(definitions{stored, w.language})
	if w.groups > 0 {
		p.group = runs{p}.newGroup(w.groups)
	}
	all := app.Ports{
		Procedures: stored, ProcedureList: stored, Definitions: p.definitions, Runs: runs{p}, Trail: p,
		Receipts: receipts{p}, Clock: clock{w, time.Duration(i) * 700 * time.Millisecond}, Random: random{w},
		Language: w.language,
	}
	if w.cached {
		all = w.decorate(all)
	}
	var options []app.Option
	if w.plant == SilentRefusal {
		options = append(options, app.WithoutRefusals())
	}
	return &replica{name: fmt.Sprintf("replica %d", i+1), service: app.New(all, options...)}
}

// decorate puts the caches in front of the ports.
func (w *world) decorate(p app.Ports) app.Ports {
	c := w.caches
	if c == nil {
		c = newCaches(w)
	}
	p, err := caching.Decorate(p, caching.Caches{Runs: c.runs, Procedures: c.procedures, Pages: c.pages},
		prometheus.NewRegistry())
	if err != nil {
		panic(err)
	}
	if w.plant == StaleRead {
		p.Runs = staleRuns{p.Runs, p.RecentRuns}
	}
	return p
}

// clock is the clock of a replica, which differs a little from those of the others.
type clock struct {
	w    *world
	skew time.Duration
}

// Now returns the time, which stands still until the next effect.
func (c clock) Now() time.Time { return c.w.now.Add(c.skew).Truncate(time.Microsecond) }

// random makes ids in a fixed order. Salts are made in any order; nothing depends on them.
type random struct{ w *world }

const runIDs = "01980000-0000-7000-8000-%012d"

// RunID returns the next id. Only one actor at a time starts a run.
func (r random) RunID() string {
	r.w.ids++
	return fmt.Sprintf(runIDs, r.w.ids)
}

func (random) Suffix() string { return "00000000" }

var salts atomic.Uint64

func (random) Salt() (salt commitment.Salt) {
	binary.LittleEndian.PutUint64(salt[:], salts.Add(1))
	return salt
}

// hasPlainSecret reports whether a run holds the plain value of a sensitive slot.
func hasPlainSecret(r app.RunRecord) bool {
	for i := range r.Run.Steps {
		for _, v := range r.Run.Steps[i].Visits() {
			for j := range v.Slots {
				value := v.Slots[j].Value
				sensitive := r.Run.Version.Steps[i].Slots[j].Sensitive
				if sensitive && !value.IsAbsent() && value.Shape() != slot.SealedShape {
					return true
				}
			}
		}
	}
	return false
}
