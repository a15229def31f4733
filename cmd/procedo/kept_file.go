package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/verify"
)

// keptFile is the content of a file with kept checkpoints.
type keptFile struct {
	notes   []string
	missing string // the line breaks that the last note lacks
}

// readKept reads a file to which checkpoints are to be added. It returns an error if the file has anything but complete
// notes: a note after a torn line would be lost. It returns a verify.ForkError if two notes contradict each other. A
// missing file, and one that is not regular, counts as empty.
func readKept(ctx context.Context, name string) (k keptFile, err error) {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
		return k, nil
	}
	if err != nil {
		return k, err
	}
	data, err := readInput(ctx, name)
	if err != nil {
		return k, err
	}
	text := strings.TrimPrefix(string(data), byteOrderMark)
	k.notes = audit.SplitNotes(text)
	if _, err := verify.KeptCheckpoints(k.notes); isFork(err) {
		return k, err
	} else if err != nil {
		return k, keptFailure(name, err)
	}
	switch {
	case len(k.notes) == 0, strings.HasSuffix(text, "\n\n"), strings.HasSuffix(text, "\n\r\n"):
	case strings.HasSuffix(text, "\n"):
		k.missing = "\n"
	case !endsWhole(text):
		return k, keptFailure(name, audit.Wrong("note", "number", len(k.notes), "what", audit.Wrong("signature_lines")).Err())
	default:
		k.missing = "\n\n"
	}
	return k, nil
}

// endsWhole reports whether a last line without a line break has all of its signature. A torn one can be base64, too.
func endsWhole(text string) bool {
	const signature, cosignature = 64, 8 + 64 // of Ed25519; the latter with a time
	line := text[strings.LastIndexByte(text, '\n')+1:]
	lines, err := audit.SignatureLines(line + "\n")
	if err != nil {
		return false
	}
	size := len(lines[0].Signature)
	return size == signature || size == cosignature
}

func keptFailure(name string, err error) error {
	reason := err.Error()
	if problem, held := audit.HeldProblem(err); held {
		reason = terminalLocale().Wrong(problem)
	}
	return failure("kept_torn", fault.Params{"file": name, "reason": reason})
}
