package main

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"
)

const (
	logDelay   = 100 * time.Millisecond // most time that a line waits to be written
	maxLogWait = 64 << 10               // most bytes of lines that wait
)

// logBuffer collects lines and writes them together, because a write for the line of each request costs more than the
// rest of the line. It is safe for concurrent use.
type logBuffer struct {
	out io.Writer

	mu    sync.Mutex
	lines []byte
	due   bool // a timer will write the lines
}

// Write adds a line.
func (b *logBuffer) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lines = append(b.lines, line...)
	switch {
	case len(b.lines) >= maxLogWait:
		return len(line), b.write()
	case !b.due:
		b.due = true
		time.AfterFunc(logDelay, b.flush)
	}
	return len(line), nil
}

// flush writes the lines that wait.
func (b *logBuffer) flush() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.due = false
	_ = b.write() // there is nowhere to report that the log cannot be written
}

func (b *logBuffer) write() error {
	if len(b.lines) == 0 {
		return nil
	}
	_, err := b.out.Write(b.lines)
	b.lines = b.lines[:0]
	return err
}

// promptHandler writes warnings and errors at once, with the lines that wait before them.
type promptHandler struct {
	slog.Handler
	buffer *logBuffer
}

// Handle adds the line of a record to the buffer.
func (h promptHandler) Handle(ctx context.Context, r slog.Record) error {
	err := h.Handler.Handle(ctx, r)
	if r.Level >= slog.LevelWarn {
		h.buffer.flush()
	}
	return err
}

// WithAttrs returns a handler that adds attributes to each record.
func (h promptHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return promptHandler{h.Handler.WithAttrs(attrs), h.buffer}
}

// WithGroup returns a handler that puts the attributes of each record into a group.
func (h promptHandler) WithGroup(name string) slog.Handler {
	return promptHandler{h.Handler.WithGroup(name), h.buffer}
}

// newBufferedLogger is like newLogger, but lines below the level of a warning may wait for up to logDelay. The caller
// must call flush in the end.
func newBufferedLogger(out io.Writer, level slog.Level) (log *slog.Logger, flush func()) {
	b := &logBuffer{out: out}
	return slog.New(promptHandler{newLogger(b, level).Handler(), b}), b.flush
}
