package live_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/live"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/run"
)

// source is a database of trails. It counts what the hub asks of it. An event is rendered as its seq and its text.
type source struct {
	mu                       sync.Mutex
	trails                   map[string][]audit.Event
	polls, reads, renderings int
	err                      error
	errs                     map[string]error // of Events, by run
	delay                    time.Duration    // of Seqs and Events, which do not end when their context does
}

func (s *source) Seqs(_ context.Context, ids []string) (map[string]int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.polls++
	found := map[string]int64{}
	for _, id := range ids {
		if n := len(s.trails[id]); n > 0 {
			found[id] = int64(n)
		}
	}
	s.sleep()
	return found, s.err
}

// sleep delays an answer, but not what others ask.
func (s *source) sleep() {
	s.mu.Unlock()
	defer s.mu.Lock()
	time.Sleep(s.delay)
}

func (s *source) Events(_ context.Context, id string, after int64, limit int) ([]audit.Event, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads++
	trail := s.trails[id]
	rest := trail[min(int(after), len(trail)):]
	events := append([]audit.Event{}, rest[:min(limit, len(rest))]...)
	s.sleep()
	return events, cmp.Or(s.err, s.errs[id])
}

func (s *source) Render(e audit.Event) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.renderings++
	if e.Canonical == unrenderable {
		return nil, errUnrenderable
	}
	return fmt.Appendf(nil, "%d %s\n", e.Seq, e.Canonical), nil
}

const unrenderable = "an event that cannot be rendered"

var errUnrenderable = errors.New(unrenderable)

// write adds events with the given text to a run.
func (s *source) write(id, text string, count int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range count {
		s.trails[id] = append(s.trails[id], audit.Event{Seq: int64(len(s.trails[id])) + 1, Canonical: text})
	}
}

// erase replaces the text of all events of a run, and adds the event of the erasure.
func (s *source) erase(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.trails[id] {
		s.trails[id][i].Canonical = "erased"
	}
	s.trails[id] = append(s.trails[id], audit.Event{
		Seq: int64(len(s.trails[id])) + 1, Action: string(run.ActionContentErased), Canonical: "the erasure",
	})
}

func (s *source) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

func (s *source) head(id string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return int64(len(s.trails[id]))
}

// counts returns the number of reads and renderings since the last call of counts.
func (s *source) counts() (reads, renderings int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	reads, renderings, s.reads, s.renderings = s.reads, s.renderings, 0, 0
	return reads, renderings
}

const (
	interval  = time.Second
	heartbeat = 16 * time.Second
)

func newHub(ctx context.Context) (*source, *live.Hub) {
	s := &source{trails: map[string][]audit.Event{}}
	return s, live.NewHub(ctx, live.Config{
		Heads: s, Events: s.Events, Render: s.Render, Interval: interval, Heartbeat: heartbeat,
		Log: slog.New(slog.DiscardHandler),
	})
}

// client follows a run and keeps what it receives. While it is paused, writing to it blocks.
type client struct {
	stop context.CancelFunc
	gate chan struct{} // a token; without it, writing blocks

	mu    sync.Mutex
	seqs  []int64
	texts []string
	beats int
	ended error // why the stream ended
}

func follow(ctx context.Context, h *live.Hub, s *source, id string, after int64, paused bool) *client {
	ctx, stop := context.WithCancel(ctx)
	c := &client{stop: stop, gate: make(chan struct{}, 1)}
	if !paused {
		c.resume()
	}
	head := s.head(id)
	go func() {
		err := h.Follow(ctx, id, after, head, c.write)
		c.mu.Lock()
		defer c.mu.Unlock()
		c.ended = err
	}()
	return c
}

func (c *client) write(frames [][]byte) error {
	<-c.gate
	defer c.resume()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(frames) == 0 {
		c.beats++
	}
	for _, frame := range frames {
		seq, text, _ := strings.Cut(strings.TrimSpace(string(frame)), " ")
		n, err := strconv.ParseInt(seq, 10, 64)
		if err != nil {
			return err
		}
		c.seqs, c.texts = append(c.seqs, n), append(c.texts, text)
	}
	return nil
}

func (c *client) pause()  { <-c.gate }
func (c *client) resume() { c.gate <- struct{}{} }

// requireSeqs checks that the client has received each event above after, up to last, exactly once and in order.
func (c *client) requireSeqs(t require.TestingT, after, last int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	require.Len(t, c.seqs, int(last-after))
	for i, seq := range c.seqs {
		require.Equal(t, after+int64(i)+1, seq)
	}
}

func (c *client) reason() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ended
}

// pass lets the given time pass.
func pass(d time.Duration) {
	time.Sleep(d) // in synctest's fake time
	synctest.Wait()
}

func TestAnEventIsReadAndRenderedOnceForAllFollowers(t *testing.T) {
	for _, followers := range []int{1, 7, 1000} {
		synctest.Test(t, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			s, h := newHub(ctx)
			s.write("a", "x", 40)
			var clients []*client
			for range followers {
				clients = append(clients, follow(ctx, h, s, "a", 0, false))
			}
			pass(2 * interval)
			reads, renderings := s.counts()
			require.Equal(t, 3, reads, "16 + 16 + 8 events")
			require.Equal(t, 40, renderings)
			for range 10 {
				s.write("a", "x", 3)
				pass(2 * interval)
			}
			reads, renderings = s.counts()
			require.Equal(t, 10, reads)
			require.Equal(t, 30, renderings)
			for range followers { // they find what was published, also if they come late
				clients = append(clients, follow(ctx, h, s, "a", 65, false))
			}
			pass(2 * interval)
			reads, _ = s.counts()
			require.Zero(t, reads)
			for i, c := range clients {
				c.requireSeqs(t, int64(i/followers*65), 70)
			}
		})
	}
}

func TestIdleFollowersCostOneQueryPerPollAndOneHeartbeatEach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		s, h := newHub(ctx)
		var clients []*client
		for i := range 1000 {
			id := fmt.Sprint("run ", i%100)
			if i < 100 {
				s.write(id, "x", 10)
			}
			clients = append(clients, follow(ctx, h, s, id, 10, false))
		}
		pass(time.Hour)
		reads, renderings := s.counts()
		require.InDelta(t, time.Hour/interval, s.polls, 1)
		require.Zero(t, reads)
		require.Zero(t, renderings)
		for _, c := range clients {
			require.InDelta(t, time.Hour/heartbeat, c.beats, 1)
			c.stop()
		}
		pass(2 * interval)
		polls := s.polls
		pass(time.Hour)
		require.Equal(t, polls, s.polls, "there are no queries without followers")
	})
}

func TestASlowReaderIsClosedAndContinuesWithoutLoss(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		s, h := newHub(ctx)
		slow, fast := follow(ctx, h, s, "a", 0, false), follow(ctx, h, s, "a", 0, false)
		s.write("a", "x", 1)
		pass(2 * interval)
		slow.pause()
		text := strings.Repeat("x", 10_000)
		for range 60 {
			s.write("a", text, 100)
			pass(2 * interval)
		}
		require.NoError(t, slow.reason(), "it is still writing")
		fast.requireSeqs(t, 0, 6001)
		slow.resume()
		pass(interval)
		require.ErrorIs(t, slow.reason(), live.ErrSlow)
		require.NoError(t, fast.reason())
		last := slow.seqs[len(slow.seqs)-1]
		slow.requireSeqs(t, 0, last)
		require.Less(t, last, int64(1000))
		again := follow(ctx, h, s, "a", last, false)
		pass(2 * interval)
		again.requireSeqs(t, last, 6001)
		require.NoError(t, again.reason())
	})
}

func TestReadersThatDoNotReadHoldNoReadUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		s, h := newHub(ctx)
		s.write("a", strings.Repeat("x", 100_000), 100) // 10 MB
		var stuck []*client
		for i := range 20 {
			stuck = append(stuck, follow(ctx, h, s, "a", int64(i), true))
		}
		pass(interval)
		reads, _ := s.counts()
		require.LessOrEqual(t, reads, 20, "a client gets its next page when it has read the last one")
		other := follow(ctx, h, s, "a", 0, false)
		pass(interval)
		other.requireSeqs(t, 0, 100)
		for i, c := range stuck {
			c.resume()
			pass(0)
			c.requireSeqs(t, int64(i), 100)
		}
	})
}

func TestWhatWasErasedIsNotSentAfterwards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		s, h := newHub(ctx)
		first := follow(ctx, h, s, "a", 0, false)
		s.write("a", "secret", 20)
		pass(2 * interval)
		follow(ctx, h, s, "a", 0, false) // reads pages, which are kept
		pass(2 * interval)
		s.erase("a")
		for _, wait := range []time.Duration{0, 2 * interval} { // before and after the hub has seen the erasure
			pass(wait)
			late := follow(ctx, h, s, "a", 0, false)
			pass(0)
			require.NotContains(t, late.texts, "secret")
			late.requireSeqs(t, 0, 21)
		}
		first.requireSeqs(t, 0, 21)
	})
}

func TestFollowersContinueAfterTheDatabaseWasUnreachable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		s, h := newHub(ctx)
		s.write("a", "x", 5)
		current := follow(ctx, h, s, "a", 5, false)
		s.fail(errors.New("the database is unreachable"))
		behind := follow(ctx, h, s, "a", 0, false)
		s.write("a", "x", 5)
		pass(10 * interval)
		require.Empty(t, current.seqs)
		s.fail(nil)
		pass(3 * interval)
		current.requireSeqs(t, 5, 10)
		behind.requireSeqs(t, 0, 10)
		stop()
		pass(0)
		require.Error(t, current.reason())
		require.Error(t, behind.reason())
	})
}
