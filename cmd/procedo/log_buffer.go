package main

import (
	"context"
	"io"
	"sync"
	"time"
)

const (
	logDelay      = time.Second
	maxLogWaiting = 64 << 10 // bytes of lines that wait
)

// logBuffer collects the lines of the log, because writing each one takes a system call. It passes lines on after
// logDelay at the latest, and at once if many wait or if the server is stopping. A panic that ends the process loses
// the lines that wait; those of warnings and errors never wait, see logHandler. A logBuffer is safe for concurrent use.
type logBuffer struct {
	mu      sync.Mutex
	out     io.Writer
	waiting []byte
	timer   *time.Timer // set while lines wait
	stopped bool        // nothing waits any more
}

// newLogBuffer returns a buffer before out. It stops when ctx is done, which is before the server has ended: a second
// signal then ends the process at once.
func newLogBuffer(ctx context.Context, out io.Writer) *logBuffer {
	b := &logBuffer{out: out}
	context.AfterFunc(ctx, b.Stop)
	return b
}

// Write takes whole lines.
func (b *logBuffer) Write(lines []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting = append(b.waiting, lines...)
	switch {
	case b.stopped || len(b.waiting) >= maxLogWaiting:
		return len(lines), b.flush()
	case b.timer == nil:
		b.timer = time.AfterFunc(logDelay, b.Flush)
	}
	return len(lines), nil
}

// Flush passes on the lines that wait.
func (b *logBuffer) Flush() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.flush() //nolint:errcheck // there is no other place to report it
}

// Stop passes on the lines that wait, and from now on each line at once.
func (b *logBuffer) Stop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stopped = true
	b.flush() //nolint:errcheck // there is no other place to report it
}

func (b *logBuffer) flush() error {
	if b.timer != nil {
		b.timer.Stop()
		b.timer = nil
	}
	if len(b.waiting) == 0 {
		return nil
	}
	_, err := b.out.Write(b.waiting)
	b.waiting = b.waiting[:0]
	return err
}
