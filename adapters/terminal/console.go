// Package terminal walks a run with a person at a terminal, or with answers from a file.
package terminal

import (
	"io"
	"os"
	"strings"
	"unicode"

	"golang.org/x/term"
)

// Console is where a person reads and types.
type Console interface {
	io.Writer
	// ReadLine shows the prompt and returns the line typed; io.EOF when the person leaves (Ctrl-C or Ctrl-D).
	ReadLine(prompt string) (string, error)
	// ReadSecret is ReadLine that shows nothing of what is typed.
	ReadSecret(prompt string) (string, error)
	// Offer sets what the Tab key completes.
	Offer(words []string)
}

// Style is how a text stands out: a character for private use (Unicode, section 23.5) that Clean lets through and a
// screen turns into an SGR sequence (ECMA-48, section 8.3.117).
type Style rune

// The styles.
const (
	plain Style = '\ue000' + iota
	Strong
	Faint
	Good
	Bad
)

var styles = map[Style]string{plain: "\x1b[0m", Strong: "\x1b[1m", Faint: "\x1b[2m", Good: "\x1b[32m", Bad: "\x1b[31m"}

// mark gives a text a style.
func mark(style Style, text string) string { return string(style) + text + string(plain) }

// clean takes out control characters: texts come from definitions and servers, and a terminal obeys what it is sent.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return '\ufffd'
		}
		return r
	}, text)
}

// screen is a Console on a real terminal.
type screen struct {
	*term.Terminal
	plain bool
	words []string
}

// Open takes over a terminal for reading line by line. Restore gives it back as it was.
func Open(in, out *os.File) (c Console, restore func() error, err error) {
	before, err := term.MakeRaw(int(in.Fd()))
	if err != nil {
		return nil, nil, err
	}
	s := &screen{
		Terminal: term.NewTerminal(struct {
			io.Reader
			io.Writer
		}{in, out}, ""),
		plain: os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb",
	}
	s.AutoCompleteCallback = s.complete
	if width, height, err := term.GetSize(int(out.Fd())); err == nil && width > 0 {
		_ = s.SetSize(width, height)
	}
	return s, func() error { return term.Restore(int(in.Fd()), before) }, nil
}

// IsTerminal reports whether a person is at the file's other end.
func IsTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

func (s *screen) ReadLine(prompt string) (string, error) {
	s.SetPrompt(clean(prompt))
	line, err := s.Terminal.ReadLine()
	if err == term.ErrPasteIndicator { //nolint:errorlint // the terminal returns it bare: the line was pasted
		err = nil
	}
	return line, err
}

func (s *screen) ReadSecret(prompt string) (string, error) { return s.ReadPassword(clean(prompt)) }

func (s *screen) Offer(words []string) { s.words = words }

// Write shows a text: its styles and no other control of the terminal.
func (s *screen) Write(p []byte) (int, error) {
	text := clean(string(p))
	for style, sequence := range styles {
		if s.plain {
			sequence = ""
		}
		text = strings.ReplaceAll(text, string(style), sequence)
	}
	_, err := s.Terminal.Write([]byte(text))
	return len(p), err
}

// complete finishes the word under the cursor where only one of those offered begins like it.
func (s *screen) complete(line string, pos int, key rune) (string, int, bool) {
	if key != '\t' {
		return "", 0, false
	}
	if len(s.words) == 0 {
		return line[:pos] + "\t" + line[pos:], pos + 1, true
	}
	start := strings.LastIndexAny(line[:pos], ", ") + 1
	found := ""
	for _, w := range s.words {
		if strings.HasPrefix(strings.ToLower(w), strings.ToLower(line[start:pos])) {
			if found != "" && !strings.EqualFold(found, w) {
				return "", 0, false
			}
			if found == "" {
				found = w
			}
		}
	}
	if found == "" {
		return "", 0, false
	}
	return line[:start] + found + line[pos:], start + len(found), true
}
