package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// lockedBuffer is a buffer that one goroutine writes and another one reads.
type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.String()
}

func (b *lockedBuffer) Reset() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.Buffer.Reset()
}

func TestLinesOfTheLogWaitForASecondAtMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out lockedBuffer
		log := newLogger(newLogBuffer(t.Context(), &out), slog.LevelInfo)
		for range 2 { // the buffer works again after it has been emptied
			out.Reset()
			log.Info("first")
			time.Sleep(logDelay / 2)
			log.Info("second")
			synctest.Wait()
			require.Empty(t, out.String())
			time.Sleep(logDelay / 2)
			synctest.Wait()
			require.Equal(t, 2, strings.Count(out.String(), "\n"))
		}
	})
}

func TestWarningsInTheLogAppearAtOnceAndInOrder(t *testing.T) {
	for _, level := range []slog.Level{slog.LevelWarn, slog.LevelError} {
		for name, write := range map[string]func(*slog.Logger){
			"short":      func(l *slog.Logger) { l.Log(t.Context(), level, "second", "n", 1) },
			"long":       func(l *slog.Logger) { l.Log(t.Context(), level, "second", "error", errors.New("x")) },
			"attributes": func(l *slog.Logger) { l.With("n", 1).WithGroup("g").Log(t.Context(), level, "second", "m", 2) },
			"of net/http": func(l *slog.Logger) {
				slog.NewLogLogger(l.Handler(), level).Println("second")
			},
		} {
			t.Run(level.String()+" "+name, func(t *testing.T) {
				var out bytes.Buffer
				log := newLogger(newLogBuffer(t.Context(), &out), slog.LevelInfo)
				log.Info("first")
				require.Empty(t, out.String())
				write(log)
				first, second, _ := strings.Cut(out.String(), "\n")
				require.Contains(t, first, "msg=first")
				require.Contains(t, second, "msg=second")
			})
		}
	}
}

func TestNoLineOfTheLogIsLostWhenTheServerStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	flushed, out := make(chan struct{}), &bytes.Buffer{}
	buffer := newLogBuffer(ctx, writerFunc(func(p []byte) (int, error) {
		defer close(flushed)
		return out.Write(p)
	}))
	log := newLogger(buffer, slog.LevelInfo)
	log.Info("before the signal")
	cancel()
	<-flushed
	require.Contains(t, out.String(), "before the signal")
	flushed = make(chan struct{})
	log.Info("while the last requests end")
	require.Contains(t, out.String(), "while the last requests end")
	buffer.Stop()
}

func TestALongLogIsPassedOnBeforeTheDelay(t *testing.T) {
	var out bytes.Buffer
	buffer := newLogBuffer(t.Context(), &out)
	defer buffer.Stop()
	log := newLogger(buffer, slog.LevelInfo)
	for out.Len() == 0 {
		log.Info(strings.Repeat("x", maxLogValue))
	}
	require.Less(t, out.Len(), maxLogWaiting+maxLogLine)
	require.True(t, strings.HasSuffix(out.String(), "\n"))
}

func TestManyMayWriteTheLog(t *testing.T) {
	var out bytes.Buffer
	buffer := newLogBuffer(t.Context(), &out)
	log := newLogger(buffer, slog.LevelInfo)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := range 500 {
				log.Info("line", "i", i)
				if i%100 == 0 {
					log.Warn("line", "i", i)
				}
			}
		})
	}
	all.Wait()
	buffer.Stop()
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	require.Len(t, lines, 8*505)
	for _, line := range lines {
		require.Regexp(t, `^time=\S+ level=(INFO|WARN) msg=line i=\d+$`, line)
	}
}

// TestShortLinesOfTheLogAreLikeLongOnes compares the two ways in which logHandler writes a record.
func TestShortLinesOfTheLogAreLikeLongOnes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(
			rapid.Map(rapid.String(), slog.StringValue), rapid.Map(rapid.Int64(), slog.Int64Value),
			rapid.Map(rapid.Bool(), slog.BoolValue), rapid.Map(rapid.Float64(), slog.Float64Value),
			rapid.Map(rapid.Int64(), func(n int64) slog.Value { return slog.DurationValue(time.Duration(n)) }),
			rapid.Map(rapid.Int64Range(0, 1<<40), func(n int64) slog.Value { return slog.TimeValue(time.Unix(n, n).UTC()) }),
			rapid.Just(slog.StringValue(strings.Repeat("é", maxLogValue))), rapid.Just(slog.AnyValue(errors.New("x"))),
		)
		level := rapid.SampledFrom([]slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelError, 3}).Draw(t, "level")
		r := slog.NewRecord(time.Unix(1795000000, 123456789), level, rapid.String().Draw(t, "message"), 0)
		for range rapid.IntRange(0, 8).Draw(t, "attributes") {
			r.AddAttrs(slog.Attr{Key: rapid.String().Draw(t, "key"), Value: value.Draw(t, "value")})
		}
		var got, want bytes.Buffer
		require.NoError(t, newLogger(&got, slog.LevelDebug).Handler().Handle(context.Background(), r))
		long := slog.NewTextHandler(&want, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: cutAttr})
		require.NoError(t, long.Handle(context.Background(), r))
		if want.Len() <= maxLogLine {
			require.Equal(t, want.String(), got.String())
		}
	})
}

// writerFunc is a function as an io.Writer.
type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// BenchmarkRequestLine measures the log line of a request.
func BenchmarkRequestLine(b *testing.B) {
	log := newLogger(newLogBuffer(b.Context(), io.Discard), slog.LevelInfo)
	b.ReportAllocs()
	for b.Loop() {
		log.InfoContext(b.Context(), "request", "method", "POST", "path", "/runs/0198c0de-0000-7000-8000-000000000000/steps/alert/commit",
			"status", 200, "duration", 1234567*time.Nanosecond, "actor", "ann", "request_id", "0198c0de-0000-7000-8000-000000000000")
	}
}
