// Package terminal executes a run with a person at a terminal, or with the answers of a file.
package terminal

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

	"golang.org/x/term"
)

// Console is the terminal at which a person reads text and types lines.
type Console interface {
	io.Writer
	// ReadLine shows the prompt and returns the line typed. It returns io.EOF on Ctrl-C and Ctrl-D.
	ReadLine(prompt string) (string, error)
	// ReadSecret is like ReadLine but does not show what is typed.
	ReadSecret(prompt string) (string, error)
	// Offer sets the words that the Tab key completes.
	Offer(words []string)
	// Wait says that nothing is asked until Resume is called. Meanwhile, Ctrl-C sends a signal, and nothing that is
	// typed is shown.
	Wait() error
	// Resume ends the effect of Wait. It discards what was typed meanwhile, so that it does not answer the next
	// question, and reports whether there was anything.
	Resume() (discarded bool, err error)
}

// Style marks the start of styled text. It is a private-use character (Unicode, section 23.5), which a screen
// replaces with an SGR sequence (ECMA-48, section 8.3.117). Printf removes it from texts.
type Style rune

// The styles. The character reset ends a style.
const (
	reset Style = '\ue000' + iota
	Strong
	Faint
	Good
	Bad
)

var styles = map[Style]string{reset: "\x1b[0m", Strong: "\x1b[1m", Faint: "\x1b[2m", Good: "\x1b[32m", Bad: "\x1b[31m"}

// styledText is a text with the marks of styles.
type styledText string

// paragraph is a text that may have several lines.
type paragraph string

// styled returns a text with the marks that begin and end a style. Line breaks in the text stay, except in titles,
// which are strong.
func styled(style Style, text string) styledText {
	clean := Escape(text)
	if style == Strong {
		clean = EscapeLine(text)
	}
	return styledText(string(style) + withoutMarks(clean) + string(reset))
}

// withoutMarks replaces the marks of styles in a text from outside, so that it cannot have a style of its own.
func withoutMarks(text string) string {
	return strings.Map(func(r rune) rune {
		if isMark(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

func isMark(r rune) bool { return r >= rune(reset) && r <= rune(Bad) }

// Printf writes a line to a console. Arguments of type string are texts from outside, which stay on one line and have
// no style.
func Printf(console Console, format string, args ...any) {
	for i, arg := range args {
		switch text := arg.(type) {
		case string:
			args[i] = withoutMarks(EscapeLine(text))
		case paragraph:
			args[i] = withoutMarks(Escape(string(text)))
		}
	}
	fmt.Fprintf(console, format+"\n", args...)
}

// screen is a Console on a real terminal.
type screen struct {
	*term.Terminal
	in, out *os.File
	before  *term.State // the terminal's mode before Open
	columns int         // width of the terminal
	noColor bool
	words   []string
	typed   *lineInput
	waiting bool
}

// lineInput reads from a terminal at most one line at a time, so that the line editor does not hold the lines after it.
type lineInput struct {
	in   *os.File
	rest []byte
}

func (r *lineInput) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		buf := make([]byte, 4096)
		n, err := r.in.Read(buf)
		if err != nil || n == 0 {
			return n, err
		}
		r.rest = buf[:n]
	}
	end := bytes.IndexAny(r.rest, "\r\n") + 1
	if end == 0 {
		end = len(r.rest)
	}
	n := copy(p, r.rest[:end])
	r.rest = r.rest[n:]
	return n, nil
}

// Open puts a terminal into raw mode and returns a console on it. Restore returns the terminal to its previous mode.
func Open(in, out *os.File) (c Console, restore func() error, err error) {
	before, err := term.MakeRaw(int(in.Fd()))
	if err != nil {
		return nil, nil, err
	}
	s := &screen{
		in: in, out: out, before: before,
		noColor: os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb",
	}
	s.typed = &lineInput{in: in}
	s.begin()
	return s, s.restore, nil
}

// begin gives the screen a new line editor, which holds no input and assumes that the cursor is at the beginning of a
// line.
func (s *screen) begin() {
	s.Terminal = term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{s.typed, s.out}, "")
	s.AutoCompleteCallback = s.complete
	s.columns = 0
	s.resize()
}

// IsTerminal reports whether f is a terminal.
func IsTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// resize reads the current size of the terminal's window, which can change at any time.
func (s *screen) resize() {
	width, height, err := term.GetSize(int(s.out.Fd()))
	if err == nil && width > 0 && width != s.columns {
		s.columns = width
		_ = s.SetSize(width, height)
	}
}

func (s *screen) Wait() error {
	s.waiting = true
	return sendSignals(s.in)
}

func (s *screen) Resume() (discarded bool, err error) {
	discarded = discardTyped(s.in) || len(s.typed.rest) > 0
	s.typed.rest, s.waiting = nil, false
	_, err = term.MakeRaw(int(s.in.Fd()))
	return discarded, err
}

// restore returns the terminal to its mode before Open. If the program ends while it waits, what was typed meanwhile is
// discarded, so that the shell does not read it.
func (s *screen) restore() error {
	if s.waiting {
		discardTyped(s.in)
	}
	return term.Restore(int(s.in.Fd()), s.before)
}

// prompt wraps a prompt, writes all its lines except the last, and returns the last.
func (s *screen) prompt(text string) string {
	const room = 20 // columns left for typing
	s.resize()
	text = withoutMarks(Escape(text))
	if limit := s.columns - room; textColumns(text) > limit {
		text = Wrap(text, max(limit, room))
	}
	lines := strings.Split(text, "\n")
	last := len(lines) - 1
	if last > 0 {
		_, _ = s.Write([]byte(strings.Join(lines[:last], "\n") + "\n"))
	}
	return lines[last]
}

func (s *screen) ReadLine(prompt string) (string, error) {
	s.SetPrompt(s.prompt(prompt))
	line, err := s.Terminal.ReadLine()
	if err == term.ErrPasteIndicator { //nolint:errorlint // never wrapped; it only says that the line was pasted
		err = nil
	}
	return line, s.leave(err)
}

func (s *screen) ReadSecret(prompt string) (string, error) {
	line, err := s.ReadPassword(s.prompt(prompt))
	return line, s.leave(err)
}

// leave ends the line at which the person pressed Ctrl-C or Ctrl-D. Without it, the line editor would erase the prompt
// and show it again below the next output. It returns err.
func (s *screen) leave(err error) error {
	if err != nil {
		_, _ = s.out.WriteString("\r\n")
		s.begin()
	}
	return err
}

func (s *screen) Offer(words []string) { s.words = words }

// Write shows text, wrapped at the width of the terminal. It applies Escape, then replaces styles with control
// sequences or, without colour, removes them.
func (s *screen) Write(p []byte) (int, error) {
	s.resize()
	text := Wrap(Escape(string(p)), s.columns)
	for style, sequence := range styles {
		if s.noColor {
			sequence = ""
		}
		text = strings.ReplaceAll(text, string(style), sequence)
	}
	_, err := s.Terminal.Write([]byte(text))
	return len(p), err
}

// complete completes the word before the cursor if exactly one of the offered words begins with it.
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
