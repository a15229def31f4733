package main

import (
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

// newLogger returns a logger that cuts long values and lines, so that a request cannot fill the log.
func newLogger(out io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewTextHandler(cutLines{out}, &slog.HandlerOptions{Level: level, ReplaceAttr: cutAttr}))
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
