package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"unicode/utf8"
)

const (
	maxLogValue = 1 << 10 // bytes of a value, such as the path of a request
	maxLogStack = 5 << 10 // bytes of the stack of a panic
	maxLogLine  = 8 << 10 // bytes of a line, with all its values
)

// newLogger returns a logger that cuts long values and lines, so that a request cannot fill the log. If out is a
// logBuffer, warnings and errors are passed on at once, with the lines before them.
func newLogger(out io.Writer, level slog.Level) *slog.Logger {
	buffer, _ := out.(*logBuffer)
	lines := cutLines{out}
	return slog.New(&logHandler{
		short:  slog.NewTextHandler(lines, &slog.HandlerOptions{Level: level}),
		long:   slog.NewTextHandler(lines, &slog.HandlerOptions{Level: level, ReplaceAttr: cutAttr}),
		buffer: buffer,
	})
}

// logHandler writes records. Those with only short values, such as the line of nearly every request, take 40 % less
// time, because slog does not hand each value to cutAttr; see BenchmarkRequestLine.
type logHandler struct {
	short, long slog.Handler
	buffer      *logBuffer // nil: none
}

// Enabled reports whether records of the level are written.
func (h *logHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.short.Enabled(ctx, level)
}

// Handle writes a record.
func (h *logHandler) Handle(ctx context.Context, r slog.Record) error {
	err := h.handlerOf(&r).Handle(ctx, r)
	if h.buffer != nil && r.Level >= slog.LevelWarn {
		h.buffer.Flush()
	}
	return err
}

func (h *logHandler) handlerOf(r *slog.Record) slog.Handler {
	short := len(r.Message) <= maxLogValue
	r.Attrs(func(a slog.Attr) bool {
		short = short && isShort(a.Value)
		return short
	})
	if short {
		return h.short
	}
	return h.long
}

// isShort reports whether cutAttr would leave a value as it is. It returns false for values of which only their text
// tells that.
func isShort(v slog.Value) bool {
	switch v.Kind() {
	case slog.KindString:
		return len(v.String()) <= maxLogValue
	case slog.KindAny, slog.KindGroup, slog.KindLogValuer:
		return false
	}
	return true
}

// WithAttrs returns a handler that adds the attributes to each record.
func (h *logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	with := *h
	with.long = h.long.WithAttrs(attrs)
	with.short = with.long // the attributes may be long
	return &with
}

// WithGroup returns a handler that puts the attributes of each record in a group.
func (h *logHandler) WithGroup(name string) slog.Handler {
	with := *h
	with.short, with.long = h.short.WithGroup(name), h.long.WithGroup(name)
	return &with
}

// cutAttr cuts the value of an attribute or the message of a record.
func cutAttr(_ []string, a slog.Attr) slog.Attr {
	limit := maxLogValue
	if a.Key == "stack" {
		limit = maxLogStack
	}
	switch v := a.Value; v.Kind() { // the other kinds are short
	case slog.KindString:
		if len(v.String()) > limit {
			a.Value = slog.StringValue(cutText(v.String(), limit))
		}
	case slog.KindAny:
		if text := fmt.Sprintf("%+v", v.Any()); len(text) > limit {
			a.Value = slog.StringValue(cutText(text, limit))
		}
	}
	return a
}

// cutText returns a text of at most limit bytes, and for a longer one its beginning and its length.
func cutText(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	end := limit
	for end > limit-utf8.UTFMax && !utf8.RuneStart(text[end]) {
		end--
	}
	return fmt.Sprintf("%s… (%d bytes)", strings.ToValidUTF8(text[:end], "\ufffd"), len(text))
}

// cutLines passes on each write, which is one line, and cuts it after maxLogLine bytes.
type cutLines struct{ out io.Writer }

func (w cutLines) Write(line []byte) (int, error) {
	if len(line) <= maxLogLine {
		return w.out.Write(line)
	}
	const room = 32 // for the note at the end
	_, err := io.WriteString(w.out, cutText(string(line), maxLogLine-room)+"\n")
	return len(line), err
}
