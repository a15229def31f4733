package app

import (
	"context"

	"github.com/procedo/procedo/core/audit"
)

// streamPage is the maximum number of events that are sent at once.
const streamPage = 100

// StreamEvents sends the existing events of a run with a seq above afterSeq, oldest first, in batches. It returns the
// seq of the last event that was sent, even if there is an error, so that the next call can continue there. The run
// must exist.
func (s *Service) StreamEvents(
	ctx context.Context, runID string, afterSeq int64, send func([]audit.Event) error,
) (last int64, err error) {
	for last = afterSeq; ; {
		events, err := s.ports.Trail.Events(ctx, audit.Run(runID), last, streamPage)
		if err != nil {
			return last, err
		}
		if len(events) > 0 {
			if err := send(events); err != nil {
				return last, err
			}
			last = events[len(events)-1].Seq
		}
		if len(events) < streamPage {
			return last, nil
		}
	}
}
