package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"

	"github.com/procedo/procedo/adapters/cel"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/verify"
)

// maxInput is the maximum size in bytes of a bundle and of a line. Both are read into memory whole.
const maxInput = 256 << 20

// verifyFiles verifies one bundle, or the lines of an export or of a sink's files. It reads the files in the given
// order.
func verifyFiles(
	ctx context.Context, names []string, v verify.Options, report func(audit.Finding),
) (verify.Counts, error) {
	if len(names) == 1 {
		if b, err := readBundle(ctx, names[0]); err == nil {
			return b.Verify(cel.Language{}, v, report), nil //nolint:contextcheck // verified to its end
		} else if !errors.Is(err, errExportLines) {
			return verify.Counts{}, inFile(names[0], err)
		}
	}
	check := verify.NewExportCheck(v.Trust, report)
	for _, name := range names {
		if err := verifyLines(ctx, name, check); err != nil {
			return check.Counts, inFile(name, err)
		}
	}
	check.End()
	return check.Counts, nil
}

// errExportLines means that a file is not a bundle but has the lines of an export or of a sink.
var errExportLines = errors.New("lines of an export")

// readBundle reads a bundle. It returns errExportLines for an empty file and for one that begins with a line of an
// export.
func readBundle(ctx context.Context, name string) (verify.Bundle, error) {
	file, err := openInput(ctx, name)
	if err != nil {
		return verify.Bundle{}, err
	}
	defer file.Close() //nolint:errcheck // the file is only read
	in := bufio.NewReader(io.LimitReader(file, maxInput+1))
	first, err := in.ReadBytes('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return verify.Bundle{}, err
	}
	if len(first) > maxInput {
		return verify.Bundle{}, failure("file_too_long", nil)
	}
	first = trimmed(first)
	if !bytes.HasPrefix(first, []byte(`{"format":`)) { // the service's bundles begin like this
		if _, err := audit.ReadLine(first); err == nil || len(first) == 0 {
			return verify.Bundle{}, errExportLines
		}
	}
	rest, err := io.ReadAll(in)
	if err != nil {
		return verify.Bundle{}, err
	}
	if len(first)+len(rest) > maxInput {
		return verify.Bundle{}, failure("file_too_long", nil)
	}
	if len(rest) > 0 { // a bundle of one line need not be copied
		first = append(append(first, '\n'), rest...)
	}
	return verify.ReadBundle(first, inParallel)
}

// inParallel divides the range from 0 to n into smaller ranges, and calls fn for every smaller range, on all
// processors.
func inParallel(n int, fn func(from, to int)) {
	const minSize = 100 // for a smaller range, a goroutine costs more time than it saves
	size := max(minSize, n/(4*runtime.GOMAXPROCS(0)))
	type nothing struct{}
	_ = inOrder(context.Background(), func(_ context.Context, submit submitFunc[nothing]) error {
		for from := 0; from < n; from += size {
			submit(func(context.Context) (nothing, error) {
				fn(from, min(from+size, n))
				return nothing{}, nil
			})
		}
		return nil
	}, func(nothing) error { return nil }) // the error can be ignored: neither the jobs nor this function return one
}

// parsedLine is a line with the flaws that audit.Checker found in its event.
type parsedLine struct {
	audit.Line
	checked audit.Checked
}

// verifyLines verifies the lines of a file in order. It parses parts of the file in parallel, on all processors.
func verifyLines(ctx context.Context, name string, check *verify.ExportCheck) error {
	file, err := openInput(ctx, name)
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // the file is only read
	line := 0
	err = inOrder(ctx, func(_ context.Context, submit submitFunc[[]parsedLine]) error {
		return forEachPart(file, func(text []byte) bool {
			return submit(func(context.Context) ([]parsedLine, error) { return parseLines(text) })
		})
	}, func(lines []parsedLine) error {
		for i := range lines {
			check.Line(lines[i].Line, lines[i].checked)
		}
		line += len(lines)
		return ctx.Err()
	})
	if errors.Is(err, audit.ErrLine) {
		return fmt.Errorf("line %d: %w", line+1, err)
	}
	return err
}

// partSize is the size in bytes of the parts of a file that are parsed in parallel. Each part is extended to the end of
// a line.
const partSize = 256 << 10

// forEachPart reads r in parts that consist of whole lines. It calls fn for every part, and stops when fn returns
// false.
func forEachPart(r io.Reader, fn func(text []byte) bool) error {
	in := bufio.NewReaderSize(r, partSize)
	for {
		part := make([]byte, partSize, partSize+partSize/16) // room for the rest of a line
		n, err := io.ReadFull(in, part)
		text := part[:n]
		for err == nil && text[len(text)-1] != '\n' {
			var rest []byte
			if rest, err = in.ReadSlice('\n'); errors.Is(err, bufio.ErrBufferFull) {
				err = nil
			}
			if text = append(text, rest...); len(text) > maxInput {
				return failure("file_too_long", nil)
			}
		}
		if len(text) > 0 && !fn(text) {
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

// trimmed returns a line without the white space of JSON around it.
func trimmed(line []byte) []byte { return bytes.Trim(line, " \t\r\n") }

// parseLines parses lines. At the first invalid line, it returns the lines before it and an error.
func parseLines(text []byte) (all []parsedLine, err error) {
	var checker audit.Checker
	for line := range bytes.Lines(text) {
		if line = trimmed(line); len(line) == 0 {
			continue
		}
		l, err := audit.ReadLine(line)
		if err != nil {
			return all, err
		}
		r := parsedLine{Line: l}
		if l.Event != nil {
			r.checked = checker.Check(l.Event)
		}
		all = append(all, r)
	}
	return all, nil
}

// readNotes returns the signed notes of all checkpoints in a file. The file contains either signed notes only, or the
// lines of an export or of a sink.
func readNotes(ctx context.Context, name string) (notes []string, err error) {
	file, err := openInput(ctx, name)
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // the file is only read
	in := bufio.NewReader(file)
	if mark, _ := in.Peek(len(byteOrderMark)); string(mark) == byteOrderMark {
		in.Discard(len(mark)) //nolint:errcheck // Peek has read it
	}
	if start, _ := in.Peek(1); string(start) != "{" {
		text, err := io.ReadAll(io.LimitReader(in, maxInput))
		return audit.SplitNotes(string(text)), err
	}
	var invalid error
	err = forEachPart(in, func(text []byte) bool {
		for line := range bytes.Lines(text) {
			if !audit.IsCheckpointLine(line) {
				continue
			}
			l, err := audit.ReadLine(trimmed(line))
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
