package torture

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/api/client"
)

const (
	clients = 16
	// sharedRuns are written to by all clients.
	sharedRuns = 4
	// patience is longer than the service may take to say that its database does not answer.
	patience = 12 * time.Second
	again    = 20 * time.Millisecond // pause before a repeat
)

// load is a number of clients that write and read until they are stopped.
type load struct {
	journal
	deployment *deployment
	ctx        context.Context
	cancel     context.CancelFunc
	all        sync.WaitGroup
	http       *http.Client
	numbers    atomic.Int64
	floors     sync.Map // the highest seq that was acknowledged of each run, an *atomic.Int64
	shared     [sharedRuns]atomic.Pointer[string]
}

func newLoad(d *deployment) *load {
	l := &load{deployment: d}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	l.http = &http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
	return l
}

// startLoad starts the clients. Their choices come from a seed, which is logged.
func startLoad(t *testing.T, d *deployment) *load {
	t.Helper()
	l, seed := newLoad(d), rand.Uint64()
	t.Logf("seed %d", seed)
	for n := range clients {
		l.all.Go(func() {
			w := &worker{load: l, number: n, rand: rand.New(rand.NewPCG(seed, uint64(n)))}
			for l.ctx.Err() == nil {
				w.live()
			}
		})
	}
	t.Cleanup(l.stop)
	return l
}

// stop lets the clients finish the command that they are at.
func (l *load) stop() {
	l.cancel()
	l.all.Wait()
	l.http.CloseIdleConnections()
}

// goOn waits until more writes were acknowledged: the service is available.
func (l *load) goOn(t *testing.T) {
	t.Helper()
	before := l.acknowledgedWrites()
	require.Eventually(t, func() bool { return l.acknowledgedWrites() >= before+clients }, waitAtMost, tick,
		"writes are acknowledged again; %s", l.figures())
}

// settle repeats, with its key, every command whose answer was lost. Now the service must say what became of it.
func (l *load) settle(t *testing.T) {
	t.Helper()
	for i, o := range l.record() {
		if o.keyed && o.outcome() == inDoubt {
			require.Eventually(t, func() bool { l.attempt(context.Background(), i, o); return o.outcome() != inDoubt },
				waitAtMost, tick, "the outcome of a command is known once the service is ready: %s", o.id)
		}
	}
	l.http.CloseIdleConnections()
}

// client returns a client of the service that request n should go to.
func (l *load) client(n int) *client.Client {
	c, err := client.NewClient(l.deployment.url(n), client.WithHTTPClient(l.http))
	if err != nil {
		panic(err) // the address is a constant of the test
	}
	return c
}

// headers gives a request its identity. Without GetBody, net/http does not repeat a request by itself.
func headers(id string, keyed bool, match string) client.RequestEditorFn {
	return func(_ context.Context, r *http.Request) error {
		r.GetBody = nil
		r.Header.Set("X-Actor", "claire")
		r.Header.Set("X-Request-Id", id)
		if keyed {
			r.Header.Set("Idempotency-Key", id)
		}
		if match != "" {
			r.Header.Set("If-Match", match)
		}
		return nil
	}
}

// attempt sends a command once and writes down what came back. It reports whether it was sent.
func (l *load) attempt(ctx context.Context, n int, o *operation) (sent bool) {
	a, err := readAnswer(o.send(ctx, l.client(n), headers(o.id, o.keyed, "")))
	var dial *net.OpError
	if errors.As(err, &dial) && dial.Op == "dial" {
		return false
	}
	o.attempts++
	if err != nil {
		o.lost++
		return true
	}
	var body struct {
		ID, Code string
		Seq      int
	}
	_ = json.Unmarshal(a.body, &body)
	switch {
	case a.status/100 == 2:
		if o.run == "" {
			o.run = body.ID
		}
		o.status, o.seq = a.status, body.Seq
		l.raise(o.run, int64(o.seq))
	case body.Code == "idempotency.in_progress": // the first request is still at work
		o.lost++
	case isRefusal(a.status):
		o.status, o.code = a.status, body.Code
	default:
		if a.status != http.StatusServiceUnavailable {
			l.violation("%s was answered %d: %.300s", o.id, a.status, a.body)
		}
		o.lost++
	}
	l.count(o)
	return true
}

// raise remembers which seq of a run was acknowledged.
func (l *load) raise(run string, seq int64) {
	v, _ := l.floors.LoadOrStore(run, new(atomic.Int64))
	floor := v.(*atomic.Int64)
	for {
		old := floor.Load()
		if old >= seq || floor.CompareAndSwap(old, seq) {
			return
		}
	}
}

func (l *load) floor(run string) int64 {
	if v, found := l.floors.Load(run); found {
		return v.(*atomic.Int64).Load()
	}
	return 0
}

// get reads a run. It must be there, and no older than what was acknowledged before. It returns the entity tag.
func (l *load) get(n int, run string) (tag string) {
	floor := l.floor(run)
	a, err := readAnswer(l.client(n).GetRun(l.ctx, run, nil, headers("reads", false, "")))
	l.mu.Lock()
	l.reads++
	l.mu.Unlock()
	if err != nil || a.status == http.StatusServiceUnavailable {
		return ""
	}
	var body struct{ Seq int64 }
	if err := json.Unmarshal(a.body, &body); err != nil || a.status != http.StatusOK || body.Seq < floor {
		l.violation("run %s, of which seq %d was acknowledged, was read as %d %.300s", run, floor, a.status, a.body)
	}
	return a.tag
}

// newID returns an id that nothing else in the test has.
func (l *load) newID(client int, kind string) string {
	return fmt.Sprintf("%s-%d-%d-%06x", kind, client, l.numbers.Add(1), rand.Uint32()&0xffffff)
}

// body returns the JSON of a template in which each $ stands for the id.
func body(template, id string) *strings.Reader {
	return strings.NewReader(strings.ReplaceAll(template, "$", id))
}
