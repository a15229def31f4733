package mcp

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"sync"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
)

// Serve serves one client that sends a message in each line of in, until in ends or ctx is done. A line that is no
// message is answered with an error, and the next one is read.
func (s *Server) Serve(ctx context.Context, in io.Reader, out io.Writer) error {
	shared := &lockedWriter{out: out}
	reader, writer := io.Pipe()
	defer reader.Close() //nolint:errcheck // ends the reading of lines
	go func() { writer.CloseWithError(passMessages(in, writer, shared)) }()
	err := s.Run(ctx, &sdk.IOTransport{Reader: reader, Writer: shared})
	if errors.Is(err, io.EOF) || errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// passMessages passes the lines on that are messages, and answers the others. It returns io.EOF at the end.
func passMessages(in io.Reader, next io.Writer, answers io.Writer) error {
	lines := bufio.NewReaderSize(in, 64<<10)
	for {
		line, tooLong, err := readLine(lines)
		switch {
		case tooLong:
			_, _ = answers.Write(invalidRequest("the message has more than 1 MiB").answer(nil))
		case len(line) > 0:
			if refused := checkMessage(line); refused != nil {
				_, _ = answers.Write(refused.answer(line))
			} else if _, failed := next.Write(append(line, '\n')); failed != nil {
				return failed
			}
		}
		if err != nil {
			return err
		}
	}
}

// readLine reads a line, without its end and without white space around it. A line beyond maxMessageBytes is skipped.
func readLine(r *bufio.Reader) (line []byte, tooLong bool, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if !tooLong {
			line = append(line, part...)
		}
		if len(line) > maxMessageBytes+1 {
			line, tooLong = nil, true
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return trimmed(line), tooLong, err
		}
	}
}

func trimmed(line []byte) []byte { return bytes.Trim(line, " \t\r\n") }

// lockedWriter lets the library and those who answer in its place write one line at a time.
type lockedWriter struct {
	mu  sync.Mutex
	out io.Writer
}

func (w *lockedWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.out.Write(p)
}

// Close does nothing: the output belongs to the program.
func (w *lockedWriter) Close() error { return nil }
