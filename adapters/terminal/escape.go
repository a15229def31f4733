package terminal

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/procedo/procedo/core/fault"
)

// Escape replaces the characters with which a text could control a terminal by escapes such as \u001b, which are also
// those of JSON: control characters except line breaks and tabs, characters that change the direction of writing, line
// separators, other invisible characters that change how text is shown, and bytes that are not UTF-8. Whatever can be
// read stays as it is, in any script, with joiners and combining characters.
func Escape(text string) string {
	return escape(text, func(r rune) bool { return r == '\n' || r == '\t' })
}

// EscapeLine is like Escape, and also replaces line breaks and tabs, so that the text stays on one line.
func EscapeLine(text string) string { return escape(text, func(rune) bool { return false }) }

func escape(text string, keep func(rune) bool) string {
	var b strings.Builder
	done := 0 // everything before this offset is in b
	for at := 0; at < len(text); {
		if c := text[at]; ' ' <= c && c < 0x7f { // nearly all characters
			at++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[at:])
		invalid := r == utf8.RuneError && size == 1
		if invalid || controls(r) && !keep(r) {
			b.WriteString(text[done:at])
			b.WriteString(escaped(r, invalid, text[at]))
			done = at + size
		}
		at += size
	}
	if done == 0 {
		return text
	}
	b.WriteString(text[done:])
	return b.String()
}

func escaped(r rune, invalid bool, first byte) string {
	switch {
	case invalid:
		return fmt.Sprintf(`\x%02x`, first)
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r > 0xffff:
		return fmt.Sprintf(`\U%08x`, r)
	}
	return fmt.Sprintf(`\u%04x`, r)
}

// controls reports whether a terminal may act on a character instead of showing it, or show the text around it
// otherwise than it is written.
func controls(r rune) bool {
	switch {
	case r < 0x7f:
		return r < ' '
	case unicode.IsControl(r), unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp):
		return true
	case 0x206a <= r && r <= 0x206f, 0xfff9 <= r && r <= 0xfffb, r == 0xe0001: // deprecated formatting, annotations, a tag
		return true
	}
	return false
}

// escapingWriter applies Escape to all that is written.
type escapingWriter struct {
	out  io.Writer
	mu   sync.Mutex
	rest []byte // the beginning of a character whose end has not been written yet
}

// EscapingWriter returns a writer that applies Escape to all that is written, so that no output can control the
// terminal. It is safe for concurrent use.
func EscapingWriter(out io.Writer) io.Writer { return &escapingWriter{out: out} }

func (w *escapingWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	text := append(w.rest, p...)
	end := len(text)
	for back := 1; back < utf8.UTFMax && back <= end; back++ {
		if first := end - back; utf8.RuneStart(text[first]) {
			if !utf8.FullRune(text[first:]) {
				end = first
			}
			break
		}
	}
	w.rest = append([]byte(nil), text[end:]...)
	_, err := io.WriteString(w.out, Escape(string(text[:end])))
	return len(p), err
}

// OneLine returns parameters of a message with EscapeLine applied to the texts in them.
func OneLine(params fault.Params) fault.Params {
	clean := make(fault.Params, len(params))
	for name, p := range params {
		switch v := p.(type) {
		case string:
			p = EscapeLine(v)
		case []string:
			all := make([]string, len(v))
			for i := range v {
				all[i] = EscapeLine(v[i])
			}
			p = all
		}
		clean[name] = p
	}
	return clean
}
