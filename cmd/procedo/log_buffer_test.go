package main

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// writes records each write.
type writes struct {
	mu  sync.Mutex
	all []string
}

func (w *writes) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = append(w.all, string(p))
	return len(p), nil
}

func (w *writes) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := w.all
	w.all = nil
	return all
}

func TestLinesOfTheLogAreWrittenTogetherAndSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := &writes{}
		log, flush := newBufferedLogger(out, slog.LevelInfo)
		log.Info("one")
		log.With("a", 1).WithGroup("g").Info("two", "b", 2)
		log.Debug("unwanted")
		require.Empty(t, out.take())
		time.Sleep(logDelay)
		synctest.Wait()
		got := out.take()
		require.Len(t, got, 1)
		require.Regexp(t, `(?s)^time=\S+ level=INFO msg=one\ntime=\S+ level=INFO msg=two a=1 g.b=2\n$`, got[0])

		log.Info("three")
		log.With("a", 1).Warn("four")
		got = out.take()
		require.Len(t, got, 1, "a warning is written at once, after the lines before it")
		require.Regexp(t, `(?s)msg=three\n.*msg=four a=1\n$`, got[0])

		log.Info("five")
		flush()
		require.Len(t, out.take(), 1)
		flush()
		time.Sleep(logDelay)
		synctest.Wait()
		require.Empty(t, out.take(), "nothing waits")
	})
}

func TestTheLogHoldsBackFewLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := &writes{}
		log, flush := newBufferedLogger(out, slog.LevelInfo)
		var group sync.WaitGroup
		for i := range 50 {
			group.Go(func() {
				for j := range 20 {
					log.Info(fmt.Sprintf("line-%d-%d", i, j), "filler", strings.Repeat("x", 500))
				}
			})
		}
		group.Wait()
		got := out.take()
		require.NotEmpty(t, got, "the lines are written when many wait")
		flush()
		all := strings.Join(append(got, out.take()...), "")
		lines := strings.Split(strings.TrimSuffix(all, "\n"), "\n")
		require.Len(t, lines, 1000)
		for _, line := range lines {
			require.Equal(t, 1, strings.Count(line, "msg=line-"), "lines stay whole")
		}
	})
}

// failingWriter fails.
type failingWriter struct{ bytes.Buffer }

func (*failingWriter) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestALogThatCannotBeWrittenHoldsNothingBack(t *testing.T) {
	b := &logBuffer{out: &failingWriter{}}
	for range 100 {
		_, _ = b.Write(bytes.Repeat([]byte("x"), 10_000))
		require.Less(t, len(b.lines), maxLogWait)
	}
	b.flush()
	require.Empty(t, b.lines)
}
