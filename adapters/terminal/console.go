// Package terminal walks a run with a person at a terminal, or with answers from a file.
package terminal

import (
	"io"
	"os"
	"strings"

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
	// Mark returns the text in a style, where the terminal has any.
	Mark(style Style, text string) string
}

// Style is how a text stands out.
type Style string

// The styles, as SGR parameters (ECMA-48, section 8.3.117).
const (
	Strong Style = "1"
	Faint  Style = "2"
	Good   Style = "32"
	Bad    Style = "31"
)

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
	s.SetPrompt(prompt)
	line, err := s.Terminal.ReadLine()
	if err == term.ErrPasteIndicator { //nolint:errorlint // the terminal returns it bare: the line was pasted
		err = nil
	}
	return line, err
}

func (s *screen) ReadSecret(prompt string) (string, error) { return s.ReadPassword(prompt) }

func (s *screen) Offer(words []string) { s.words = words }

func (s *screen) Mark(style Style, text string) string {
	if s.plain {
		return text
	}
	return "\x1b[" + string(style) + "m" + text + "\x1b[0m"
}

// complete finishes the word under the cursor where only one of those offered begins like it.
func (s *screen) complete(line string, pos int, key rune) (string, int, bool) {
	if key != '\t' {
		return "", 0, false
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
