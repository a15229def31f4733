package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/procedo/procedo/adapters/terminal"
	"github.com/procedo/procedo/core/audit"
)

// All output for people goes through this file, because files, servers and command lines can hold texts that would
// control the terminal. Stdout and Stderr escape such texts; the functions below also keep a text on its line, so that
// it cannot show a line of its own. Only data for programs is written exactly, to Main.data.

// escaping returns a copy of m whose Stdout and Stderr escape what could control a terminal.
func (m *Main) escaping() *Main {
	c := *m
	c.exact = &output{out: m.Stdout}
	c.Stdout, c.Stderr = terminal.EscapingWriter(c.exact), terminal.EscapingWriter(m.Stderr)
	return &c
}

// output is the standard output. It remembers the first error, so that a command whose output is lost does not succeed.
// It is safe for concurrent use.
type output struct {
	out io.Writer
	mu  sync.Mutex
	err error
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.out.Write(p)
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err == nil {
		o.err = err
	}
	return n, err
}

// failure returns the first error of writing.
func (o *output) failure() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.err
}

// data returns the writer for data that programs read, which is exact unless somebody looks at it in a terminal.
func (m *Main) data() io.Writer {
	if file, ok := m.exact.out.(*os.File); ok && terminal.IsTerminal(file) {
		return m.Stdout
	}
	return m.exact
}

// sinkOutput returns the standard output for a sink, which tries again after an error.
func (m *Main) sinkOutput() io.Writer {
	if out := m.data(); out != m.exact {
		return out
	}
	return m.exact.out
}

// println prints a line to the standard output.
func (m *Main) println(line string) { fmt.Fprintln(m.Stdout, terminal.EscapeLine(line)) }

// printf prints a line, which needs no line break at its end.
func (m *Main) printf(format string, args ...any) { m.println(fmt.Sprintf(format, args...)) }

// warn prints a line to standard error.
func (m *Main) warn(line string) { fmt.Fprintln(m.Stderr, terminal.EscapeLine(line)) }

// warnError prints the message of an error to standard error, after the name of what it is about. The message may have
// several lines; all but the first are indented.
func (m *Main) warnError(about, message string) {
	lines := strings.Split(message, "\n")
	m.warn(about + ": " + lines[0])
	for _, line := range lines[1:] {
		m.warn("  " + strings.TrimPrefix(line, "  "))
	}
}

// inFile adds the name of a file to an error.
func inFile(name string, err error) error {
	if problem, held := audit.HeldProblem(err); held {
		return errors.New(terminal.EscapeLine(name) + ": " + terminalLocale().Wrong(problem))
	}
	return fmt.Errorf("%s: %w", terminal.EscapeLine(name), err)
}
