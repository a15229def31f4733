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

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/verify"
)

// maxInput is the maximum length of a line and of a bundle, in bytes. Both are held in memory.
const maxInput = 256 << 20

var errTooLong = errors.New("the file is neither a bundle of at most 256 MiB nor lines of at most 256 MiB")

// verifyFiles verifies a bundle, or the lines of an export or of a sink's files, in the order of the names.
func verifyFiles(
	ctx context.Context, names []string, v verify.Options, report func(audit.Finding),
) (verify.Counts, error) {
	if len(names) == 1 {
		if b, err := readBundle(names[0]); err == nil {
			return b.Verify(cel.Language{}, v, report), nil
		} else if !errors.Is(err, errLines) {
			return verify.Counts{}, fmt.Errorf("%s: %w", names[0], err)
		}
	}
	check := verify.NewExportCheck(v.Trust, report)
	for _, name := range names {
		if err := verifyLines(ctx, name, check); err != nil {
			return check.Counts, fmt.Errorf("%s: %w", name, err)
		}
	}
	check.End()
	return check.Counts, nil
}

// errLines means that a file has lines of an export instead of a bundle.
var errLines = errors.New("lines of an export")

// readBundle reads a bundle. It returns errLines for a file with lines of an export.
func readBundle(name string) (verify.Bundle, error) {
	file, err := os.Open(name)
	if err != nil {
		return verify.Bundle{}, err
	}
	defer file.Close() //nolint:errcheck // only read
	in := bufio.NewReader(io.LimitReader(file, maxInput+1))
	first, err := in.ReadBytes('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return verify.Bundle{}, err
	}
	if len(first) > maxInput {
		return verify.Bundle{}, errTooLong
	}
	first = bytes.TrimSpace(first)
	if !bytes.HasPrefix(first, []byte(`{"format":`)) { // how the service begins a bundle
		if _, err := audit.ReadLine(first); err == nil || len(first) == 0 {
			return verify.Bundle{}, errLines
		}
	}
	rest, err := io.ReadAll(in)
	if err != nil {
		return verify.Bundle{}, err
	}
	if len(first)+len(rest) > maxInput {
		return verify.Bundle{}, errTooLong
	}
	return verify.ReadBundle(append(append(first, '\n'), rest...), inParts)
}

// inParts divides the numbers from 0 to n-1 into ranges and calls do for each range, on all processors.
func inParts(n int, do func(from, to int)) {
	const minSize = 100 // a goroutine for fewer does not pay off
	size := max(minSize, n/(4*runtime.GOMAXPROCS(0)))
	type nothing struct{}
	_ = inOrder(context.Background(), func(_ context.Context, submit submitFunc[nothing]) error {
		for from := 0; from < n; from += size {
			submit(func(context.Context) (nothing, error) {
				do(from, min(from+size, n))
				return nothing{}, nil
			})
		}
		return nil
	}, func(nothing) error { return nil }) // do cannot fail
}

// parsedLine is a line with the flaws of its event by itself.
type parsedLine struct {
	audit.Line
	flaws []string
}

// verifyLines verifies the lines of a file in their order. It parses parts of the file in parallel, on all processors.
func verifyLines(ctx context.Context, name string, check *verify.ExportCheck) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // only read
	line := 0
	err = inOrder(ctx, func(_ context.Context, submit submitFunc[[]parsedLine]) error {
		return eachPart(file, func(text []byte) bool {
			return submit(func(context.Context) ([]parsedLine, error) { return parseLines(text) })
		})
	}, func(lines []parsedLine) error {
		for i := range lines {
			check.Line(lines[i].Line, lines[i].flaws)
		}
		line += len(lines)
		return ctx.Err()
	})
	if errors.Is(err, audit.ErrLine) {
		return fmt.Errorf("line %d: %w", line+1, err)
	}
	return err
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

// parseLines parses lines up to the first that is not valid.
func parseLines(text []byte) (all []parsedLine, err error) {
	var checker audit.Checker
	for line := range bytes.Lines(text) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		l, err := audit.ReadLine(line)
		if err != nil {
			return all, err
		}
		r := parsedLine{Line: l}
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
	var invalid error
	err = eachPart(in, func(text []byte) bool {
		for line := range bytes.Lines(text) {
			if !audit.IsCheckpointLine(line) {
				continue
			}
			l, err := audit.ReadLine(bytes.TrimSpace(line))
			if err != nil {
				invalid = err
				return false
			}
			if l.Note != nil {
				notes = append(notes, l.Note.Note)
			}
		}
		return true
	})
	return notes, errors.Join(err, invalid)
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
