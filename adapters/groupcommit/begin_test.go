package groupcommit_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/groupcommit"
)

func TestTheContextsOfAGroupAreKnownBeforeItIsWritten(t *testing.T) {
	synctest.Test(t, testContextsOfAGroup)
}

func testContextsOfAGroup(t *testing.T) {
	type key struct{}
	var began [][]any
	var results []error
	entered, release := make(chan struct{}, 2), make(chan struct{})
	w := groupcommit.New(groupcommit.Options[int]{
		Write: func(ctx context.Context, changes []int) ([]error, error) {
			entered <- struct{}{}
			<-release
			require.Equal(t, len(changes), ctx.Value(key{}), "the context of the hook is that of Write")
			return make([]error, len(changes)), nil
		},
		Separable: func(error) bool { return false }, Keys: func(int) []string { return nil },
		Size: func(int) int { return 1 }, Parallel: 1,
		Begin: func(ctx context.Context, requests []context.Context) (context.Context, func(error)) {
			var all []any
			for _, r := range requests {
				all = append(all, r.Value(key{}))
			}
			began = append(began, all)
			return context.WithValue(ctx, key{}, len(requests)), func(err error) { results = append(results, err) }
		},
	})
	var all sync.WaitGroup
	write := func(i int) {
		all.Go(func() { require.NoError(t, w.Write(context.WithValue(t.Context(), key{}, i), i)) })
	}
	write(1)
	<-entered
	write(2)
	write(3)
	synctest.Wait()
	close(release)
	all.Wait()
	require.Len(t, began, 2)
	require.Equal(t, []any{1}, began[0])
	require.ElementsMatch(t, []any{2, 3}, began[1])
	require.Equal(t, []error{nil, nil}, results)
}
