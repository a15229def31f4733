package http

import (
	"context"
	"net/http"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/checklist"
	"github.com/procedo/procedo/core/run"
	"github.com/procedo/procedo/core/slot"
)

// execute executes a command on a run and responds with the resulting run. If a request is repeated with the same
// idempotency key, the command is executed only once.
func (s *server) execute(ctx context.Context, runID string, ifMatch, key *string, c run.Command) (response, error) {
	return idempotent(ctx, s, key, runOperation(func(req app.Request) (run.Run, error) {
		req.IfMatch = runCondition(ifMatch)
		r, err := s.as(ctx).Execute(ctx, req, runID, c)
		return r, s.withLabels(ctx, runID, c, err)
	}, runRenderer(ctx, http.StatusOK)))
}

// submission converts the members of a request body to a submission for the step.
func submission(step string, slots api.Values, ticks []api.Tick, origins api.Origins, visit *int) run.Submission {
	sub := run.Submission{Step: step, Visit: deref(visit)}
	if slots != nil {
		sub.Slots = make(map[string][]byte, len(slots))
	}
	for name, raw := range slots {
		sub.Slots[name] = raw
	}
	if len(ticks) > 0 {
		sub.Ticks = make([]checklist.Tick, 0, len(ticks))
	}
	for _, t := range ticks {
		sub.Ticks = append(sub.Ticks, checklist.Tick{Key: t.Key, Completed: t.Completed})
	}
	for name, o := range origins {
		if o == "" {
			continue // null, which means that there is no origin
		}
		if sub.Origins == nil {
			sub.Origins = make(map[string]slot.Origin, len(origins))
		}
		sub.Origins[name] = slot.Origin(o)
	}
	return sub
}
