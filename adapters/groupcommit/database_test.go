package groupcommit_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/groupcommit"
)

// change is a change of one entity or more.
type change struct {
	name string
	keys []string
	size int
}

// errSeparable means that one of the changes of a group is bad.
var errSeparable = errors.New("one of the changes is bad")

// database is a fake whose writes last until the test ends them.
type database struct {
	mu    sync.Mutex
	begun []*transaction // all, in their order
}

// transaction is a call of Options.Write.
type transaction struct {
	ctx     context.Context //nolint:containedctx // the test asks whether it has ended
	changes []change
	results chan result
}

type result struct {
	each   []error
	whole  error
	panics any
}

func (d *database) write(ctx context.Context, changes []change) (each []error, whole error) {
	tx := &transaction{ctx: ctx, changes: changes, results: make(chan result)}
	d.mu.Lock()
	d.begun = append(d.begun, tx)
	d.mu.Unlock()
	r := <-tx.results
	if r.panics != nil {
		panic(r.panics)
	}
	return r.each, r.whole
}

// names returns the names of the transaction's changes.
func (tx *transaction) names() string {
	names := make([]string, len(tx.changes))
	for i, c := range tx.changes {
		names[i] = c.name
	}
	return strings.Join(names, " ")
}

// fixture is a writer over a fake database. It is used within a bubble of synctest.
type fixture struct {
	*testing.T
	database
	*groupcommit.Writer[change]
}

const (
	parallel = 2
	company  = 5
)

func newFixture(t *testing.T) *fixture {
	fx := &fixture{T: t}
	fx.options(groupcommit.Options[change]{Parallel: parallel, Company: company})
	return fx
}

// options makes a new writer with the given options. Those for the database are set.
func (fx *fixture) options(o groupcommit.Options[change]) {
	o.Write, o.Separable = fx.write, func(err error) bool { return errors.Is(err, errSeparable) }
	o.Keys, o.Size = func(c change) []string { return c.keys }, func(c change) int { return c.size }
	fx.Writer = groupcommit.New(o)
}

// bubble runs a test in a bubble, in which synctest.Wait returns when all goroutines wait.
func bubble(t *testing.T, test func(fx *fixture)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { test(newFixture(t)) })
}

// call is a call of Writer.Write.
type call struct {
	cancel   context.CancelCauseFunc
	returned bool
	err      error
}

// begin calls Write and returns when the call waits or has returned.
func (fx *fixture) begin(c change) *call {
	ctx, cancel := context.WithCancelCause(context.Background())
	one := &call{cancel: cancel}
	if c.size == 0 {
		c.size = 1
	}
	go func() {
		one.err = fx.Write(ctx, c)
		one.returned = true
		cancel(nil)
	}()
	synctest.Wait()
	return one
}

// beginAll calls Write with a change of each entity.
func (fx *fixture) beginAll(entities ...string) (all []*call) {
	for _, name := range entities {
		all = append(all, fx.begin(change{name: name, keys: []string{name}}))
	}
	return all
}

// end ends a transaction. The error each is the result of all its changes.
func (fx *fixture) end(tx *transaction, each, whole error) {
	r := result{whole: whole}
	for range tx.changes {
		r.each = append(r.each, each)
	}
	fx.endWith(tx, r)
}

func (fx *fixture) endWith(tx *transaction, r result) {
	tx.results <- r
	synctest.Wait()
}

// endAll ends all transactions, also those that begin meanwhile, without an error.
func (fx *fixture) endAll(from int) {
	for i := from; i < len(fx.begun); i++ {
		fx.end(fx.begun[i], nil, nil)
	}
}

// pass moves the bubble's clock on by d. It returns when all goroutines that this has woken wait again.
func (fx *fixture) pass(d time.Duration) {
	fx.mu.Lock()   // orders what the test has read before what a timer's transaction writes
	fx.mu.Unlock() //nolint:staticcheck // empty on purpose
	time.Sleep(d)
	synctest.Wait()
}

// requireBegun checks which transactions have begun: the names of the changes of each.
func (fx *fixture) requireBegun(want ...string) {
	fx.Helper()
	var got []string
	for _, tx := range fx.begun {
		got = append(got, tx.names())
	}
	require.Equal(fx, want, got)
}

func requireReturned(t *testing.T, want error, calls ...*call) {
	t.Helper()
	for i, c := range calls {
		require.True(t, c.returned, "call %d waits", i)
		require.Equal(t, want, c.err, "call %d", i)
	}
}

func requireWaiting(t *testing.T, calls ...*call) {
	t.Helper()
	for i, c := range calls {
		require.False(t, c.returned, "call %d has returned", i)
	}
}
