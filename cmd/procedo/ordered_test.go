package main

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

var errJob = errors.New("job")

// submitNumbers returns a producer of n jobs. Job i, from 0, increments started and returns i. If i equals failing, the
// job also returns errJob.
func submitNumbers(n, failing int, started *atomic.Int64) func(context.Context, submitFunc[int]) error {
	return func(_ context.Context, submit submitFunc[int]) error {
		for i := range n {
			more := submit(func(context.Context) (int, error) {
				started.Add(1)
				if i == failing {
					return i, errJob
				}
				return i, nil
			})
			if !more {
				return nil
			}
		}
		return nil
	}
}

func TestResultsAreConsumedInTheOrderOfTheJobs(t *testing.T) {
	var got []int
	var started atomic.Int64
	require.NoError(t, inOrder(t.Context(), submitNumbers(1000, -1, &started), func(i int) error {
		got = append(got, i)
		return nil
	}))
	require.Len(t, got, 1000)
	require.True(t, slices.IsSorted(got))
}

func TestFirstFailureInOrderStopsTheJobs(t *testing.T) {
	var got []int
	var started atomic.Int64
	err := inOrder(t.Context(), submitNumbers(100_000, 10, &started), func(i int) error {
		got = append(got, i)
		return nil
	})
	require.ErrorIs(t, err, errJob)
	require.Len(t, got, 11, "including the value of the job that failed")
	require.Less(t, started.Load(), int64(100_000))
}

func TestACancellationInOrderIsReturned(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var started atomic.Int64
	err := inOrder(ctx, submitNumbers(100_000, -1, &started), func(int) error {
		cancel()
		return nil
	})
	require.ErrorIs(t, err, context.Canceled, "results are missing, and nothing else says so")
	require.Less(t, started.Load(), int64(100_000))
}

func TestErrorOfTheConsumerIsReturned(t *testing.T) {
	var started atomic.Int64
	err := inOrder(t.Context(), submitNumbers(100, -1, &started), func(int) error { return errJob })
	require.ErrorIs(t, err, errJob)
}

func TestErrorOfTheProducerIsReturned(t *testing.T) {
	produce := func(context.Context, submitFunc[int]) error { return errJob }
	require.ErrorIs(t, inOrder(t.Context(), produce, func(int) error { return nil }), errJob)
}
