package main

import (
	"context"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// inOrder runs jobs on all processors and consumes their results in the order in which the jobs were submitted. Produce
// submits the jobs; submit returns false once it should stop. Consume also takes the value of a job that failed. The
// first error, in the order of the jobs, stops everything and is returned.
func inOrder[T any](
	ctx context.Context,
	produce func(ctx context.Context, submit func(job func(context.Context) (T, error)) (more bool)) error,
	consume func(T) error,
) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type result struct {
		value T
		err   error
	}
	workers := runtime.GOMAXPROCS(0)
	var working errgroup.Group
	working.SetLimit(workers)
	results, produced := make(chan chan result, 4*workers), make(chan error, 1)
	go func() {
		defer close(results)
		produced <- produce(ctx, func(job func(context.Context) (T, error)) bool {
			done := make(chan result, 1)
			select {
			case results <- done:
			case <-ctx.Done():
				return false
			}
			working.Go(func() error {
				var r result
				r.value, r.err = job(ctx)
				done <- r
				return nil
			})
			return true
		})
	}()
	var failed error
	for done := range results {
		r := <-done
		if failed != nil {
			continue // the jobs that were submitted before it was known
		}
		if failed = consume(r.value); failed == nil {
			failed = r.err
		}
		if failed != nil {
			cancel()
		}
	}
	if err := <-produced; failed == nil {
		return err
	}
	return failed
}
