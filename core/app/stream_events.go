package app

import (
	"context"

	"github.com/procedo/procedo/core/audit"
)

// streamPage is the number of events that a stream sends at once.
const streamPage = 100

// StreamEvents sends the events of a run with a seq above after that are there now, oldest first, in batches. It
// returns the seq of the last event that was sent, also with an error: the next call continues there. The run must
// exist.
func (s *Service) StreamEvents(
	ctx context.Context, runID string, after int64, send func([]audit.Event) error,
) (last int64, err error) {
	for last = after; ; {
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
