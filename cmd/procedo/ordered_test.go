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

// submitNumbers submits jobs 0 to n-1, of which the one with number failing fails.
func submitNumbers(n, failing int, ran *atomic.Int64) func(context.Context, func(func(context.Context) (int, error)) bool) error {
	return func(_ context.Context, submit func(func(context.Context) (int, error)) bool) error {
		for i := range n {
			more := submit(func(context.Context) (int, error) {
				ran.Add(1)
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
	var ran atomic.Int64
	require.NoError(t, inOrder(t.Context(), submitNumbers(1000, -1, &ran), func(i int) error {
		got = append(got, i)
		return nil
	}))
	require.Len(t, got, 1000)
	require.True(t, slices.IsSorted(got))
}

func TestTheFirstFailureInOrderEndsTheWork(t *testing.T) {
	var got []int
	var ran atomic.Int64
	err := inOrder(t.Context(), submitNumbers(100_000, 10, &ran), func(i int) error {
		got = append(got, i)
		return nil
	})
	require.ErrorIs(t, err, errJob)
	require.Len(t, got, 11, "also the value of the job that failed")
	require.Less(t, ran.Load(), int64(100_000))
	require.ErrorIs(t, inOrder(t.Context(), submitNumbers(100, -1, &ran), func(int) error { return errJob }), errJob)
}

func TestAProducersFailureIsReturned(t *testing.T) {
	err := inOrder(t.Context(), func(context.Context, func(func(context.Context) (int, error)) bool) error { return errJob }, func(int) error { return nil })
	require.ErrorIs(t, err, errJob)
}
