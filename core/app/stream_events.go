package app

import (
	"context"

	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/audit"
)

// RunSeq returns the seq of the last event of a run, as it is in the database. An unknown run is NotFound.
func (s *UseCases) RunSeq(ctx context.Context, runID string) (_ int64, err error) {
	ctx, begun, err := s.admit(ctx, "RunSeq", access.Read)
	if err != nil {
		return 0, err
	}
	defer begun.end(&err)
	head, err := s.ports.Runs.Head(ctx, runID)
	return head.Seq, err
}

// streamBytes bounds the events that are read at once for streams, in bytes as they are stored.
const streamBytes = 256 << 10

// EventsAfter returns at most limit events of a run with a seq above afterSeq, oldest first. Large events may come in
// smaller numbers, but at least one comes if there is one. EventsAfter does not check that the run exists.
func (s *UseCases) EventsAfter(ctx context.Context, runID string, afterSeq int64, limit int) (_ []audit.Event, err error) {
	ctx, begun, err := s.admit(ctx, "EventsAfter", access.Read)
	if err != nil {
		return nil, err
	}
	defer begun.end(&err)
	page, err := s.ports.Trail.Events(ctx, audit.Run(runID), afterSeq, PageSize{Items: limit, Bytes: streamBytes})
	return page.Items, err
}
