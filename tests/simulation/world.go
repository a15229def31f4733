package simulation

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/condition"
	"github.com/procedo/procedo/core/run/runtest"
)

// Result is the result of one simulation.
type Result struct {
	Seed      uint64
	Story     string // one line for each effect
	Steps     int
	Violation *Violation     // nil if all invariants held
	Counts    map[string]int // how often what happened
}

// Violation is an invariant that did not hold.
type Violation struct {
	Step       int
	Rule, What string
}

// String returns the story. If an invariant did not hold, it also says which, and how to run the simulation again.
func (r Result) String() string {
	v := r.Violation
	if v == nil {
		return r.Story
	}
	return fmt.Sprintf("%sseed %d violates %q in step %d: %s\n", r.Story, r.Seed, v.Rule, v.Step, v.What) +
		fmt.Sprintf("once more: PROCEDO_TEST_SEED=%d go test -v -run '^TestSimulation$' ./tests/simulation\n", r.Seed)
}

// world is one simulation.
type world struct {
	*scheduler
	seed     uint64
	plant    Plant
	language condition.Language
	weather  weather
	calm     bool // no faults any more

	store    *store
	law      *law
	replicas []*replica
	clients  []*client
	requests map[string]*request
	caches   *caches // shared by the replicas; nil if each has its own
	groups   int     // groups of changes that a replica writes at the same time; 0: each change is written alone
	cached   bool

	now       time.Time
	wandered  time.Duration // by which the clock was set forward
	documents []int         // indexes of the definitions that the clients work with
	authors   bool          // the clients mostly change and read procedures
	ids       int
	starts    int // requests that start runs
	step      int
	story     strings.Builder
	counts    map[string]int
	violation *Violation
}

const (
	maxSteps = 20_000
	maxDrift = 8 * time.Hour // by which the clock differs from a steady one: far less than receipts live
	// calmAfter is the step after which there are no more faults, so that all clients can finish.
	calmAfter = 5_000
)

// Simulate runs the simulation with the given seed. A planted fault happens now and then.
func Simulate(t *testing.T, seed uint64, plant Plant) (result Result) {
	t.Helper()
	prepareDocuments()
	synctest.Test(t, func(*testing.T) {
		w := newWorld(seed, plant)
		w.run()
		result = w.result()
	})
	return result
}

func (w *world) result() Result {
	return Result{Seed: w.seed, Story: w.story.String(), Steps: w.step, Violation: w.violation, Counts: w.counts}
}

func newWorld(seed uint64, plant Plant) *world {
	rng := rand.New(rand.NewPCG(seed, 0))
	w := &world{
		scheduler: &scheduler{rng: rng}, seed: seed, plant: plant, language: cel.Language{},
		weather: drawWeather(rng), now: runtest.Epoch, counts: map[string]int{},
		requests: map[string]*request{},
	}
	w.store = newStore(plant, func() bool { return w.planted() })
	w.law = newLaw(w)
	w.authors, w.documents = rng.IntN(5) == 0, []int{rng.IntN(len(documents)), rng.IntN(len(documents))}
	if rng.IntN(3) == 0 || w.authors { // one definition brings more clients together
		w.documents = []int{rng.IntN(handmade)}
	}
	w.cached, w.groups = rng.IntN(4) > 0, max(0, rng.IntN(4)-1)
	if w.plant == StaleRead {
		w.cached = true
	}
	if w.cached && rng.IntN(3) == 0 {
		w.caches = newCaches(w)
	}
	for i := range 2 + rng.IntN(2) {
		w.replicas = append(w.replicas, newReplica(w, i))
	}
	for i := range 2 + rng.IntN(4) {
		w.clients = append(w.clients, newClient(w, i))
	}
	w.createProcedures()
	w.tell("the seed is %d: %d replicas, %d clients, cache %t, shared %t, groups %d, %+v", seed, len(w.replicas),
		len(w.clients), w.cached, w.caches != nil, w.groups, w.weather)
	return w
}

// planted reports whether the planted fault happens now.
func (w *world) planted() bool {
	if w.calm || w.rng.IntN(4) > 0 {
		return false
	}
	w.counts["planted"]++
	return true
}

// run lets the clients live until all have ended or the law is violated.
func (w *world) run() {
	for _, c := range w.clients {
		w.begin(&c.actor, c.live)
	}
	for {
		c, stuck := w.next(w.step)
		if stuck {
			w.violate(answerRule, "nobody can go on")
			panic(w.result().String()) // the goroutines that wait cannot be ended
		}
		if w.panicked != "" {
			w.violate(kindRule, "a panic: %s", w.panicked)
		}
		if c == nil {
			break
		}
		w.turn(c)
	}
	if w.violation == nil {
		w.law.end()
	}
}

// turn lets one effect happen, or delays it, and checks the law.
func (w *world) turn(c *call) {
	w.step++
	w.calm = w.calm || w.step > calmAfter
	w.now = w.now.Add(time.Duration(1+w.rng.IntN(2000)) * time.Millisecond)
	if w.violation == nil && !w.calm {
		w.disturb()
		if all := w.underWay(); len(all) > 0 && happens(w.rng, w.weather.cancel) {
			a := all[w.rng.IntN(len(all))]
			w.tell("%s: %s", a.name, w.count("the request is cancelled"))
			a.cancel()
			a.cancel = nil
			return
		}
		slow := c.writes && c.delayed == 0 && happens(w.rng, w.weather.slow)
		if slow || c.delayed < w.step && happens(w.rng, w.weather.delay) {
			c.delayed = w.step + 1 + w.rng.IntN(30)
			w.tell("%s: %s: %s", c.actor.name, c.what, w.count("delay"))
			return
		}
	}
	w.remove(c)
	where := ""
	if r := c.replica; r != nil {
		where = " at " + r.name
	}
	outcome := c.do()
	w.tell("%s%s: %s: %s", c.actor.name, where, c.what, outcome)
	if w.violation == nil {
		w.law.check()
	}
	if w.step > maxSteps {
		w.violate(answerRule, "the simulation does not end")
	}
	close(c.done)
}

// disturb sets the clock, or restarts a replica, now and then.
func (w *world) disturb() {
	if happens(w.rng, w.weather.jump) {
		by := time.Duration(w.rng.Int64N(int64(2*time.Hour))) - time.Hour
		if drift := w.wandered + by; drift.Abs() < maxDrift {
			w.wandered, w.now = drift, w.now.Add(by)
			w.tell("%s by %s", w.count("the clock jumps"), by.Truncate(time.Second))
		}
	}
	if happens(w.rng, w.weather.restart) {
		i := w.rng.IntN(len(w.replicas))
		w.replicas[i].dead = true
		w.replicas[i] = newReplica(w, i)
		w.tell("%s %s", w.replicas[i].name, w.count("restarts"))
	}
}

// effect waits for the turn of the actor of the context and carries an effect of the storage out.
func (w *world) effect(ctx context.Context, c *call, effect func() error) (err error) {
	c.actor, c.replica = actorOf(ctx), replicaOf(ctx)
	c.do = func() (outcome string) {
		outcome, err = w.faulty(ctx, c.replica, effect)
		return outcome
	}
	w.scheduler.await(c)
	return err
}

// await waits for the turn of the actor of the context and carries out a call that cannot fail.
func (w *world) await(ctx context.Context, c *call) {
	c.actor, c.replica = actorOf(ctx), replicaOf(ctx)
	w.scheduler.await(c)
}

// tell adds a line to the story.
func (w *world) tell(format string, args ...any) {
	fmt.Fprintf(&w.story, "%4d %s ", w.step, w.now.Format("15:04:05.000"))
	fmt.Fprintf(&w.story, format, args...)
	w.story.WriteByte('\n')
}

// count counts something and returns it.
func (w *world) count(what string) string {
	w.counts[what]++
	return what
}

// violate ends the simulation: the effects that still wait fail.
func (w *world) violate(rule, format string, args ...any) {
	if w.violation == nil {
		w.violation = &Violation{Step: w.step, Rule: rule, What: fmt.Sprintf(format, args...)}
	}
}
