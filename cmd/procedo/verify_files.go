package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
)

// longest bounds a line, and a bundle, in bytes: both are held in memory.
const longest = 256 << 20

var errLong = errors.New("neither a bundle nor lines of less than 256 MiB")

// verifyFiles checks a bundle, or the lines of an export or of a sink's files, one after another.
func verifyFiles(ctx context.Context, names []string, v app.Verification, report func(audit.Finding)) (app.Verified, error) {
	if len(names) == 1 {
		if b, err := bundleIn(names[0]); err == nil {
			return app.VerifyBundle(b, cel.Language{}, v, report), nil
		} else if !errors.Is(err, errLines) {
			return app.Verified{}, fmt.Errorf("%s: %w", names[0], err)
		}
	}
	check := app.NewExportCheck(v.Trust, report)
	for _, name := range names {
		if err := verifyLines(ctx, name, check); err != nil {
			return check.Verified, fmt.Errorf("%s: %w", name, err)
		}
	}
	check.End()
	return check.Verified, nil
}

// errLines says that a file is no bundle but has lines of an export.
var errLines = errors.New("lines of an export")

func bundleIn(name string) (app.Bundle, error) {
	file, err := os.Open(name)
	if err != nil {
		return app.Bundle{}, err
	}
	defer file.Close() //nolint:errcheck // only read
	in := bufio.NewReader(io.LimitReader(file, longest+1))
	first, err := in.ReadBytes('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return app.Bundle{}, err
	}
	if len(first) > longest {
		return app.Bundle{}, errLong
	}
	first = bytes.TrimSpace(first)
	if !bytes.HasPrefix(first, []byte(`{"format":`)) { // as bundles begin that nobody has put into another layout
		if _, err := app.ReadLine(first); err == nil || len(first) == 0 {
			return app.Bundle{}, errLines
		}
	}
	rest, err := io.ReadAll(in)
	if err != nil {
		return app.Bundle{}, err
	}
	if len(first)+len(rest) > longest {
		return app.Bundle{}, errLong
	}
	return app.ReadBundle(append(append(first, '\n'), rest...), inParts)
}

// inParts does things on all processors.
func inParts(n int, do func(from, to int)) {
	const least = 100 // below which it is not worth while
	size := max(least, n/(4*runtime.GOMAXPROCS(0)))
	var doing errgroup.Group
	doing.SetLimit(runtime.GOMAXPROCS(0))
	for from := 0; from < n; from += size {
		doing.Go(func() error { do(from, min(from+size, n)); return nil })
	}
	_ = doing.Wait() // nothing fails
}

// readLine is a line, and what is wrong with its event by itself.
type readLine struct {
	app.Line
	flaws []string
}

// verifyLines reads the lines of a file, hundreds of kilobytes at a time by as many readers as there are processors, and checks them
// in their order.
func verifyLines(ctx context.Context, name string, check *app.ExportCheck) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // only read
	var reading errgroup.Group
	reading.SetLimit(runtime.GOMAXPROCS(0))
	type part struct {
		lines []readLine
		err   error
	}
	parts, stop := make(chan chan part, 4*runtime.GOMAXPROCS(0)), make(chan struct{})
	failed := make(chan error, 1)
	go func() {
		defer close(parts)
		failed <- eachPart(file, func(text []byte) bool {
			read := make(chan part, 1)
			select {
			case parts <- read:
			case <-stop:
				return false
			}
			reading.Go(func() error {
				var p part
				p.lines, p.err = readLines(text)
				read <- p
				return nil
			})
			return true
		})
	}()
	defer close(stop)
	line := 0
	for read := range parts {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		p := <-read
		for i := range p.lines {
			check.Line(p.lines[i].Line, p.lines[i].flaws)
		}
		if line += len(p.lines); p.err != nil {
			return fmt.Errorf("line %d: %w", line+1, p.err)
		}
	}
	return <-failed
}

// partSize is how much of a file is read at once, to the end of a line.
const partSize = 256 << 10

// eachPart hands on whole lines, some of them together, until each returns false.
func eachPart(r io.Reader, each func(text []byte) bool) error {
	in := bufio.NewReaderSize(r, partSize)
	for {
		part := make([]byte, partSize)
		n, err := io.ReadFull(in, part)
		text := part[:n]
		for err == nil && text[len(text)-1] != '\n' {
			var rest []byte
			if rest, err = in.ReadSlice('\n'); errors.Is(err, bufio.ErrBufferFull) {
				err = nil
			}
			if text = append(text, rest...); len(text) > longest {
				return errLong
			}
		}
		if len(text) > 0 && !each(text) {
			return nil
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil:
			return err
		}
	}
}

// readLines reads lines to the first that cannot be read.
func readLines(text []byte) (all []readLine, err error) {
	var checker audit.Checker
	for line := range bytes.Lines(text) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		l, err := app.ReadLine(line)
		if err != nil {
			return all, err
		}
		r := readLine{Line: l}
		if l.Event != nil {
			r.flaws = checker.Flaws(l.Event)
		}
		all = append(all, r)
	}
	return all, nil
}

// notesIn reads the checkpoints of a file: signed notes one after another, or those among the lines of an export or a sink.
func notesIn(name string) (notes []string, err error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // only read
	in := bufio.NewReader(file)
	if start, _ := in.Peek(1); string(start) != "{" {
		text, err := io.ReadAll(io.LimitReader(in, longest))
		return notesOf(string(text)), err
	}
	var broken error
	err = eachPart(in, func(text []byte) bool {
		for line := range bytes.Lines(text) {
			if !bytes.HasPrefix(line, []byte(`{"checkpoint":`)) {
				continue
			}
			l, err := app.ReadLine(bytes.TrimSpace(line))
			if err != nil {
				broken = err
				return false
			}
			if l.Note != nil {
				notes = append(notes, l.Note.Note)
			}
		}
		return true
	})
	return notes, errors.Join(err, broken)
}

// notesOf cuts a text into signed notes: each begins with the line that names its form, and has an empty line after it.
func notesOf(text string) (notes []string) {
	const begin = audit.CheckpointFormat + "\n"
	for part := range strings.SplitSeq("\n"+text, "\n"+begin) {
		if part = strings.TrimSpace(part); part != "" {
			notes = append(notes, begin+part+"\n")
		}
	}
	return notes
}
