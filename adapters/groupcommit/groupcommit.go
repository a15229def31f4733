// Package groupcommit writes changes that wait at the same moment in one transaction. A database then flushes once for
// all of them. A change that comes alone is written alone and at once.
package groupcommit

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Limits of a group.
const (
	MaxChanges = 64
	MaxSize    = 450 // sum of Options.Size; a larger change is written alone
)

// Options describe how changes are written.
type Options[C any] struct {
	// Write writes changes in one transaction and returns an error or nil for each of them. If it returns whole,
	// nothing was written, or it is not known whether anything was: then all callers get that error.
	//
	// Its context does not end with any of the requests. A panic of Write is returned to all callers as an error.
	Write func(ctx context.Context, changes []C) (each []error, whole error)
	// Separable reports whether whole was returned because of one of the changes, and nothing was written. The changes
	// are then written again, each in a transaction of its own.
	Separable func(whole error) bool
	// Keys returns what a change has exclusively while it is written, such as its run. Changes with a common key never
	// share a group, and are written in the order in which they came.
	Keys func(C) []string
	// Size returns what a change takes of MaxSize, usually its number of rows.
	Size func(C) int
	// Parallel is the maximum number of groups that are written at the same time.
	Parallel int
	// Patience is how long a change waits for its group to begin. Write then returns context.DeadlineExceeded. Zero is
	// no limit.
	Patience time.Duration
	// Company is the number of waiting changes for which another group is begun while one is being written.
	Company int
	// Slow is the time after which a group that is being written no longer makes others wait for company. Zero is no
	// limit.
	Slow time.Duration
	// Gather is the longest time that changes wait for others while no group, or only slow ones, are being written. They
	// wait only if several changes arrived together recently: this long for sixteen or more, and proportionally less for
	// fewer. Zero means that changes never wait.
	Gather time.Duration
	// Begin, if not nil, is called before Write with the contexts of the requests. It returns the context for Write and
	// a function that is called with the error of the whole.
	Begin func(ctx context.Context, requests []context.Context) (context.Context, func(whole error))
}

// Writer writes changes in groups.
type Writer[C any] struct {
	options Options[C]

	mu      sync.Mutex
	waiting []*entry[C] // in the order of their arrival
	busy    map[string]bool
	writing int // groups
	slow    int // those of them that have been written for longer than Options.Slow
	written int // changes of the others

	gathering gathering
}

// entry is a change that waits or is being written.
type entry[C any] struct {
	ctx     context.Context //nolint:containedctx // of the request: it is asked when the entry's group begins
	change  C
	keys    []string
	size    int
	written chan error // receives the result
}

// New returns a writer.
func New[C any](o Options[C]) *Writer[C] { return &Writer[C]{options: o, busy: map[string]bool{}} }

// Write writes a change, together with others that wait. If ctx ends before the change's group begins, nothing is
// written. If ctx ends later, it is not known whether the change is written.
func (w *Writer[C]) Write(ctx context.Context, change C) error {
	e := &entry[C]{
		ctx: ctx, change: change, keys: w.options.Keys(change), size: w.options.Size(change),
		written: make(chan error, 1),
	}
	w.mu.Lock()
	w.waiting = append(w.waiting, e)
	w.begin()
	w.mu.Unlock()
	var late <-chan time.Time
	if w.options.Patience > 0 {
		timer := time.NewTimer(w.options.Patience)
		defer timer.Stop()
		late = timer.C
	}
	for {
		select {
		case err := <-e.written:
			return err
		case <-ctx.Done():
			w.leave(e)
			return context.Cause(ctx)
		case <-late:
			if w.leave(e) {
				return context.DeadlineExceeded
			}
		}
	}
}

// leave removes an entry. It returns false if the entry's group has begun.
func (w *Writer[C]) leave(e *entry[C]) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	i := slices.Index(w.waiting, e)
	if i >= 0 {
		w.waiting = slices.Delete(w.waiting, i, i+1)
	}
	return i >= 0
}

// begin begins as many groups as may be written now. The caller holds w.mu.
func (w *Writer[C]) begin() {
	for w.ready() {
		group := w.take()
		if len(group) == 0 {
			return
		}
		w.writing++
		w.written += len(group)
		w.gathering.begun(w.written + len(w.waiting))
		go w.write(group)
	}
}

// take removes the entries of the next group from those that wait. An entry stays if one of its keys is busy or belongs
// to an earlier entry. The caller holds w.mu.
func (w *Writer[C]) take() (group []*entry[C]) {
	size, passed := 0, map[string]bool{}
	isTaken := func(key string) bool { return w.busy[key] || passed[key] }
	rest := w.waiting[:0]
	for i, e := range w.waiting {
		if len(group) == MaxChanges || len(group) > 0 && size+e.size > MaxSize {
			rest = append(rest, w.waiting[i:]...)
			break
		}
		if e.ctx.Err() != nil { // its caller is about to leave
			e.written <- context.Cause(e.ctx)
			continue
		}
		blocked := slices.ContainsFunc(e.keys, isTaken)
		for _, key := range e.keys {
			passed[key] = true
		}
		if blocked {
			rest = append(rest, e)
			continue
		}
		group, size = append(group, e), size+e.size
	}
	clear(w.waiting[len(rest):])
	w.waiting = rest
	for _, e := range group {
		for _, key := range e.keys {
			w.busy[key] = true
		}
	}
	return group
}

// write writes a group, tells the callers, and begins what can then be begun.
func (w *Writer[C]) write(group []*entry[C]) {
	end := w.watch(group)
	each, whole := w.try(group...)
	if whole != nil && len(group) > 1 && w.options.Separable(whole) {
		w.writeSeparately(group)
	} else {
		for i, e := range group {
			if whole != nil {
				e.written <- whole
			} else {
				e.written <- each[i]
			}
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range group {
		for _, key := range e.keys {
			delete(w.busy, key)
		}
	}
	end()
	w.begin()
}

// try calls Options.Write. The caller of a panicking Write is not a request, so the panic would end the process.
func (w *Writer[C]) try(group ...*entry[C]) (each []error, whole error) {
	changes := make([]C, len(group))
	for i, e := range group {
		changes[i] = e.change
	}
	ctx, stop := whileAnybodyWaits(group)
	defer stop()
	if w.options.Begin != nil {
		requests := make([]context.Context, len(group))
		for i, e := range group {
			requests[i] = e.ctx
		}
		var end func(error)
		ctx, end = w.options.Begin(ctx, requests)
		defer func() { end(whole) }()
	}
	defer func() {
		if r := recover(); r != nil {
			each, whole = nil, fmt.Errorf("writing %d changes: panic: %v\n%s", len(changes), r, debug.Stack())
		}
	}()
	each, whole = w.options.Write(ctx, changes)
	if whole == nil && len(each) != len(changes) {
		whole = fmt.Errorf("writing %d changes: %d results", len(changes), len(each))
	}
	return each, whole
}

// whileAnybodyWaits returns a context that ends when those of all entries have ended.
func whileAnybodyWaits[C any](group []*entry[C]) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	var waiting atomic.Int64
	waiting.Store(int64(len(group)))
	stops := make([]func() bool, len(group))
	for i, e := range group {
		stops[i] = context.AfterFunc(e.ctx, func() {
			if waiting.Add(-1) == 0 {
				cancel(context.Cause(e.ctx))
			}
		})
	}
	return ctx, func() {
		for _, stop := range stops {
			stop()
		}
		cancel(nil)
	}
}

// writeSeparately writes each change of a group in a transaction of its own, some at the same time. A change whose
// context has ended is not written.
func (w *Writer[C]) writeSeparately(group []*entry[C]) {
	var all sync.WaitGroup
	turns := make(chan struct{}, w.options.Parallel)
	for _, e := range group {
		turns <- struct{}{}
		all.Go(func() {
			defer func() { <-turns }()
			if e.ctx.Err() != nil {
				e.written <- context.Cause(e.ctx)
				return
			}
			each, err := w.try(e)
			if err == nil {
				err = each[0]
			}
			e.written <- err
		})
	}
	all.Wait()
}
