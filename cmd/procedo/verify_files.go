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

// maxInput is the maximum length of a line and of a bundle, in bytes. Both are held in memory.
const maxInput = 256 << 20

var errTooLong = errors.New("the file is neither a bundle of at most 256 MiB nor lines of at most 256 MiB")

// verifyFiles verifies a bundle, or the lines of an export or of a sink's files, in the order of the names.
func verifyFiles(
	ctx context.Context, names []string, v app.Verification, report func(audit.Finding),
) (app.Verified, error) {
	if len(names) == 1 {
		if b, err := readBundle(names[0]); err == nil {
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

// errLines means that a file has lines of an export instead of a bundle.
var errLines = errors.New("lines of an export")

// readBundle reads a bundle. It returns errLines for a file with lines of an export.
func readBundle(name string) (app.Bundle, error) {
	file, err := os.Open(name)
	if err != nil {
		return app.Bundle{}, err
	}
	defer file.Close() //nolint:errcheck // only read
	in := bufio.NewReader(io.LimitReader(file, maxInput+1))
	first, err := in.ReadBytes('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return app.Bundle{}, err
	}
	if len(first) > maxInput {
		return app.Bundle{}, errTooLong
	}
	first = bytes.TrimSpace(first)
	if !bytes.HasPrefix(first, []byte(`{"format":`)) { // unless it begins like a bundle as the service writes it
		if _, err := app.ReadLine(first); err == nil || len(first) == 0 {
			return app.Bundle{}, errLines
		}
	}
	rest, err := io.ReadAll(in)
	if err != nil {
		return app.Bundle{}, err
	}
	if len(first)+len(rest) > maxInput {
		return app.Bundle{}, errTooLong
	}
	return app.ReadBundle(append(append(first, '\n'), rest...), inParts)
}

// inParts divides n things into ranges and calls do for each range, on all processors.
func inParts(n int, do func(from, to int)) {
	const least = 100 // things for which a goroutine pays off
	size := max(least, n/(4*runtime.GOMAXPROCS(0)))
	var doing errgroup.Group
	doing.SetLimit(runtime.GOMAXPROCS(0))
	for from := 0; from < n; from += size {
		doing.Go(func() error { do(from, min(from+size, n)); return nil })
	}
	_ = doing.Wait() // do cannot fail
}

// readLine is a line, with the flaws that its event has by itself.
type readLine struct {
	app.Line
	flaws []string
}

// verifyLines verifies the lines of a file in their order. It parses parts of the file in parallel, on all processors.
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

// partSize is the size of a part in bytes. Each part is extended to the end of a line.
const partSize = 256 << 10

// eachPart calls each with parts of whole lines, until it returns false.
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
			if text = append(text, rest...); len(text) > maxInput {
				return errTooLong
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

// readLines parses lines up to the first that is not valid.
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

// notesIn reads the checkpoints of a file: signed notes, or those among the lines of an export or a sink.
func notesIn(name string) (notes []string, err error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // only read
	in := bufio.NewReader(file)
	if start, _ := in.Peek(1); string(start) != "{" {
		text, err := io.ReadAll(io.LimitReader(in, maxInput))
		return splitNotes(string(text)), err
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

// splitNotes splits a text into signed notes. Each begins with the line that names its format and ends with an empty
// line.
func splitNotes(text string) (notes []string) {
	const begin = audit.CheckpointFormat + "\n"
	for part := range strings.SplitSeq("\n"+text, "\n"+begin) {
		if part = strings.TrimSpace(part); part != "" {
			notes = append(notes, begin+part+"\n")
		}
	}
	return notes
}
