package app

import (
	"context"

	"github.com/procedo/procedo/core/audit"
)

// Trail reads events.
type Trail interface {
	// Events returns at most limit events of one entity with a seq above afterSeq, oldest first; none for an unknown
	// entity.
	Events(ctx context.Context, e audit.Entity, afterSeq int64, limit int) ([]audit.Event, error)
}

// eventPage is the maximum number of events that are read at once.
const eventPage = 500

// eachEvent calls fn for every event of a run after the given seq, oldest first, until fn returns false.
func (s *Service) eachEvent(
	ctx context.Context, runID string, after int64, fn func(*audit.Event) (more bool, err error),
) error {
	for {
		page, err := s.ports.Trail.Events(ctx, audit.Run(runID), after, eventPage)
		if err != nil {
			return err
		}
		for i := range page {
			if more, err := fn(&page[i]); err != nil || !more {
				return err
			}
			after = page[i].Seq
		}
		if len(page) < eventPage {
			return nil
		}
	}
}
