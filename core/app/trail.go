package app

import (
	"context"

	"github.com/procedo/procedo/core/audit"
)

// Trail reads events.
type Trail interface {
	// Events returns a page of the events of one entity with a seq above afterSeq, oldest first; none for an unknown
	// entity. The size of an event is audit.Event.Size.
	Events(ctx context.Context, e audit.Entity, afterSeq int64, size PageSize) (Page[audit.Event], error)
}

// eventPage bounds the events that are read at once.
var eventPage = PageSize{Items: 500, Bytes: 256 << 10}

// eachEvent calls fn for every event of a run after the given seq, oldest first, until fn returns false.
func (s *UseCases) eachEvent(
	ctx context.Context, runID string, after int64, fn func(*audit.Event) (more bool, err error),
) error {
	for {
		page, err := s.ports.Trail.Events(ctx, audit.Run(runID), after, eventPage)
		if err != nil {
			return err
		}
		for i := range page.Items {
			after = page.Items[i].Seq
			if more, err := fn(&page.Items[i]); err != nil || !more {
				return err
			}
		}
		if !page.More {
			return nil
		}
	}
}
