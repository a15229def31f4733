package auditsink

import (
	"context"
	"io"

	"github.com/procedo/procedo/core/audit"
)

// stream writes lines of JSON to a writer, which is standard output except in tests.
type stream struct {
	name string
	out  io.Writer
}

// Name returns the URL of the sink without secrets.
func (s *stream) Name() string { return s.name }

// Deliver writes all records with a single call of Write.
func (s *stream) Deliver(_ context.Context, records []audit.FeedRecord) (int, error) {
	text, err := lines(records)
	if err == nil {
		_, err = s.out.Write(text)
	}
	if err != nil {
		return 0, err
	}
	return len(records), nil
}
