package trail

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/auditsink"
	"github.com/procedo/procedo/core/audit"
)

// sink is an audit sink that passes each delivery to a function and counts the deliveries.
type sink struct {
	deliver func(ctx context.Context, records []audit.FeedRecord) (int, error)
	calls   atomic.Int64
}

func (s *sink) Name() string { return "test:" }

func (s *sink) Deliver(ctx context.Context, records []audit.FeedRecord) (int, error) {
	s.calls.Add(1)
	return s.deliver(ctx, records)
}

// sinks holds a delivery function for each state of a sink.
var sinks = map[string]func(context.Context, []audit.FeedRecord) (int, error){
	"none": nil,
	"up":   func(_ context.Context, records []audit.FeedRecord) (int, error) { return len(records), nil },
	"down": func(context.Context, []audit.FeedRecord) (int, error) { return 0, errors.New("down") },
	"hung": func(ctx context.Context, _ []audit.FeedRecord) (int, error) { <-ctx.Done(); return 0, ctx.Err() },
}

// BenchmarkCommitWithSink measures a commit without a sink, and with a sink that is up, is down or does not answer.
func BenchmarkCommitWithSink(b *testing.B) {
	for name, open := range openers {
		for _, state := range []string{"none", "up", "down", "hung"} {
			b.Run(name+"/"+state, func(b *testing.B) {
				s := open(b, func(string) {})
				save(b, s, steps)
				stop := startSink(b, s, sinks[state])
				benchmarkCommits(b, s, 10)
				stop()
			})
		}
	}
}

// startSink delivers the feed to a sink in the background, as a server does, until the returned function is called.
func startSink(
	t testing.TB, s service, deliver func(context.Context, []audit.FeedRecord) (int, error),
) (stop func()) {
	t.Helper()
	if deliver == nil {
		return func() {}
	}
	metrics, err := auditsink.NewMetrics(prometheus.NewRegistry())
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	to := &sink{deliver: deliver}
	running.Go(func() {
		auditsink.Run(ctx, s.Deliver, to, "holder", time.Second, metrics, slog.New(slog.DiscardHandler))
	})
	return func() {
		cancel()
		running.Wait()
		require.Positive(t, to.calls.Load())
	}
}

// The sink does not answer its first delivery until the test ends. All commits are made after that delivery has begun.
func TestASinkThatHangsDoesNotDelayCommits(t *testing.T) {
	for name, open := range openers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, func(string) {})
			save(t, s, 20)
			called := make(chan struct{})
			var once sync.Once
			stop := startSink(t, s, func(ctx context.Context, _ []audit.FeedRecord) (int, error) {
				once.Do(func() { close(called) })
				<-ctx.Done()
				return 0, ctx.Err()
			})
			<-called
			id := start(t, s, 10)
			for step := range 20 {
				_, err := s.Execute(t.Context(), request, id, commit(step))
				require.NoError(t, err)
			}
			stop()
		})
	}
}
