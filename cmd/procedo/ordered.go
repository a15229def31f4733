package main

import (
	"context"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// job computes a result.
type job[T any] func(context.Context) (T, error)

// submitFunc starts a job as soon as a processor is free. It returns false if the caller should submit no more jobs.
type submitFunc[T any] func(job[T]) (more bool)

// inOrder runs jobs on all processors. It calls produce, which submits the jobs, and calls consume with each result, in
// the order in which the jobs were submitted. If a job fails, consume still receives its result; inOrder then stops all
// jobs and returns the error. It does the same if consume fails. If ctx is done before the end, it returns the error of
// ctx.
func inOrder[T any](
	ctx context.Context, produce func(ctx context.Context, submit submitFunc[T]) error, consume func(T) error,
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
		produced <- produce(ctx, func(j job[T]) bool {
			done := make(chan result, 1)
			select {
			case results <- done:
			case <-ctx.Done():
				return false
			}
			working.Go(func() error {
				var r result
				r.value, r.err = j(ctx)
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
			continue // the job was submitted before the failure was known
		}
		if failed = consume(r.value); failed == nil {
			failed = r.err
		}
		if failed != nil {
			cancel()
		}
	}
	switch err := <-produced; {
	case failed != nil:
		return failed
	case err != nil:
		return err
	}
	return ctx.Err() // jobs may be missing
}
