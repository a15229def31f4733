package main

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// operation is what one user does again and again: a walk or a read. It notes the times that count.
type operation func(ctx context.Context, user int, note func(time.Duration)) error

// result is what a measurement has found.
type result struct {
	rate                      float64 // operations a second
	share                     float64 // operations for each noted time: 1/n of a walk of n commits
	p99                       float64 // milliseconds, of the noted times
	service, postgres, client float64 // CPU milliseconds an operation
	rss                       float64 // MB of the service
	wal                       float64 // KB an operation
	failed                    int
	failure                   error // the first
}

// warmUp is the time before a measurement in which the load already runs.
const warmUp = time.Second

// measure lets users repeat an operation, each waiting for its own, and measures for the given time.
func (b *bench) measure(ctx context.Context, s *system, users int, do operation) (r result, err error) {
	var phase atomic.Int32 // 0 while warming up, 1 while measuring, 2 at the end
	var done atomic.Int64
	var wg sync.WaitGroup
	var mu sync.Mutex
	times := make([][]time.Duration, users)
	for i := range users {
		note := func(d time.Duration) {
			if phase.Load() == 1 {
				times[i] = append(times[i], d)
			}
		}
		wg.Go(func() {
			for phase.Load() < 2 && ctx.Err() == nil {
				err := do(ctx, i, note)
				switch {
				case err != nil:
					mu.Lock()
					if r.failed++; r.failure == nil {
						r.failure = err
					}
					mu.Unlock()
					time.Sleep(10 * time.Millisecond)
				case phase.Load() == 1:
					done.Add(1)
				}
			}
		})
	}
	rest(ctx, warmUp)
	before := b.meter(ctx, s)
	phase.Store(1)
	rest(ctx, time.Duration(b.options.seconds*float64(time.Second)))
	phase.Store(2)
	after := b.meter(ctx, s)
	r.rss = s.rss()
	wg.Wait()
	r.fill(before, after, float64(done.Load()), slices.Concat(times...))
	return r, ctx.Err()
}

// rest waits until the time has passed or the context ends.
func rest(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// meter holds counters that only grow.
type meter struct {
	at                        time.Time
	service, postgres, client float64 // CPU seconds
	wal                       float64 // bytes
}

func (b *bench) meter(ctx context.Context, s *system) meter {
	return meter{
		at: time.Now(), service: s.cpu(), postgres: treeCPU(b.postgres.pid), client: ownCPU(), wal: b.postgres.written(ctx),
	}
}

// fill computes the result from the counters before and after n operations.
func (r *result) fill(before, after meter, n float64, times []time.Duration) {
	per := func(a, b float64) float64 { return (b - a) / max(n, 1) }
	r.rate = n / after.at.Sub(before.at).Seconds()
	r.service = 1000 * per(before.service, after.service)
	r.postgres = 1000 * per(before.postgres, after.postgres)
	r.client = 1000 * per(before.client, after.client)
	r.wal = per(before.wal, after.wal) / 1024
	if len(times) > 0 {
		r.share = max(n, 1) / float64(len(times))
		slices.Sort(times)
		r.p99 = float64(times[min(len(times)-1, len(times)*99/100)].Microseconds()) / 1000
	}
}

// median returns the median of each figure.
func median(all []result) (m result) {
	middle := func(of func(*result) float64) float64 {
		values := make([]float64, len(all))
		for i := range all {
			values[i] = of(&all[i])
		}
		slices.Sort(values)
		n := len(values)
		return (values[(n-1)/2] + values[n/2]) / 2
	}
	m.rate, m.p99 = middle(func(r *result) float64 { return r.rate }), middle(func(r *result) float64 { return r.p99 })
	m.service = middle(func(r *result) float64 { return r.service })
	m.postgres = middle(func(r *result) float64 { return r.postgres })
	m.client = middle(func(r *result) float64 { return r.client })
	m.rss, m.wal = middle(func(r *result) float64 { return r.rss }), middle(func(r *result) float64 { return r.wal })
	for _, r := range all {
		if m.failed += r.failed; m.failure == nil {
			m.failure = r.failure
		}
	}
	return m
}
