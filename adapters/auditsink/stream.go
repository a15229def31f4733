package auditsink

import (
	"context"
	"io"

	"github.com/procedo/procedo/core/audit"
)

// stream writes lines to what is open already: standard output.
type stream struct {
	name string
	out  io.Writer
}

// Name is what its deliveries are kept under.
func (s *stream) Name() string { return s.name }

// Deliver writes all records at once.
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
