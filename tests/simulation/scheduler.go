// Package simulation runs the use cases on a simulated store, cache, clock and network. Clients call several replicas
// at the same time. A seed decides at each step which of them goes on, what fails, and when the clock is set. The
// invariants of the trail are checked after each step. A seed always gives the same story, byte for byte.
//
// The use cases, the caches and the group commit are those of the product. They run in a bubble of testing/synctest:
// the scheduler goes on when all other goroutines wait, so that exactly one effect happens at a time.
package simulation

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing/synctest"
)

// actor carries out effects. It is a client, a repeated request of one, or a group of changes that is being written.
type actor struct {
	name   string
	writes bool   // it executes a command on a run
	cancel func() // ends the request that is under way
	read   int    // step in which it last read the state of a procedure
}

type actorKey struct{}

func withActor(ctx context.Context, a *actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

type replicaKey struct{}

// at returns the context of a request that a replica serves.
func at(ctx context.Context, r *replica) context.Context {
	return context.WithValue(ctx, replicaKey{}, r)
}

// replicaOf returns the replica that serves a request; nil for what a client does by itself.
func replicaOf(ctx context.Context) *replica {
	r, _ := ctx.Value(replicaKey{}).(*replica)
	return r
}

func actorOf(ctx context.Context) *actor {
	a, _ := ctx.Value(actorKey{}).(*actor)
	return a
}

// call is an effect that waits for its turn.
type call struct {
	actor   *actor
	replica *replica
	writes  bool          // a slow storage takes its time for it
	what    string        // for the story
	blocked func() bool   // reports whether the effect has to wait for another; nil: never
	do      func() string // carries the effect out and returns its outcome for the story
	delayed int           // step before which it does not happen unless nothing else can
	done    chan struct{}
}

// scheduler lets the effects happen one at a time, in an order that depends on nothing but its random numbers.
type scheduler struct {
	rng *rand.Rand

	mu      sync.Mutex
	waiting []*call
	living  int // actors that have not ended

	panicked string // what the code under test has panicked with
}

// begin runs an actor in a goroutine of its own.
func (s *scheduler) begin(a *actor, live func(ctx context.Context)) {
	s.mu.Lock()
	s.living++
	s.mu.Unlock()
	go func() {
		defer func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.living--
			if p := recover(); p != nil {
				s.panicked = fmt.Sprint(p)
			}
		}()
		live(withActor(context.Background(), a))
	}()
}

// await waits until the effect has happened.
func (s *scheduler) await(c *call) {
	c.done = make(chan struct{})
	s.mu.Lock()
	s.waiting = append(s.waiting, c)
	s.mu.Unlock()
	<-c.done
}

// next waits until every actor waits, and returns the call whose turn it is; nil if all actors have ended. stuck
// reports that some actors wait for something that cannot happen.
func (s *scheduler) next(step int) (c *call, stuck bool) {
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	// The actors that run at the same time arrive in any order. One actor has two calls if it has left something that
	// goes on without it, such as a shared load.
	slices.SortStableFunc(s.waiting, func(a, b *call) int {
		return cmp.Or(cmp.Compare(a.actor.name, b.actor.name), cmp.Compare(a.what, b.what))
	})
	var ready, late []*call
	for _, c := range s.waiting {
		switch {
		case c.blocked != nil && c.blocked():
		case c.delayed > step:
			late = append(late, c)
		default:
			ready = append(ready, c)
		}
	}
	if len(ready) == 0 {
		ready = late
	}
	if len(ready) == 0 {
		return nil, s.living > 0
	}
	return ready[s.rng.IntN(len(ready))], false
}

// underWay returns the actors with a request under way that wait, in a fixed order.
func (s *scheduler) underWay() (all []*actor) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.waiting {
		if c.actor.cancel != nil && !slices.Contains(all, c.actor) {
			all = append(all, c.actor)
		}
	}
	return all
}

// remove takes a call out of those that wait.
func (s *scheduler) remove(c *call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting = slices.DeleteFunc(s.waiting, func(o *call) bool { return o == c })
}
