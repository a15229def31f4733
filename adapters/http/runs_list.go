package http

import (
	"context"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/core/run"
)

const runCursor = "runs"

// ListRuns handles GET /runs.
func (s *server) ListRuns(ctx context.Context, r api.ListRunsRequestObject) (api.ListRunsResponseObject, error) {
	p := r.Params
	after, err := parseCursor(runCursor, p.Cursor, isRunID)
	if err != nil {
		return nil, err
	}
	runs, err := s.as(ctx).ListRuns(ctx, app.RunFilter{
		ProcedureID: deref(p.ProcedureID), States: runStates(p.State), UserID: deref(p.UserID),
		Reference: deref(p.Reference), CreatedAfter: p.CreatedAfter, CreatedBefore: p.CreatedBefore,
		After: after, Size: app.PageSize{Items: limitOf(p.Limit)},
	})
	if err != nil {
		return nil, err
	}
	key := func(r projection.RunRow) string { return r.ID }
	return pageResponse(ctx, runCursor, runs, key, func(r projection.RunRow) any { return summaryBody(r) })
}

func summaryBody(r projection.RunRow) api.RunSummary {
	erased := r.ErasedTexts()
	return api.RunSummary{
		ID: r.ID, ProcedureID: r.ProcedureID, ProcedureVersion: r.ProcedureVersion,
		UserID: userBody(r.UserID, erased), Reference: optional(r.Reference), Metadata: metadataBody(r.Metadata, erased),
		State: api.RunState(r.State), Revision: r.Revision, Seq: r.Head.Seq, CurrentStep: optional(r.CurrentStep),
		Failure: failureBody(r.Failure), Erased: erasedBody(erased),
		CreatedAt: r.CreatedAt.Format(audit.TimeFormat), StartedAt: timeBody(r.StartedAt),
		UpdatedAt: r.UpdatedAt.Format(audit.TimeFormat), ClosedAt: timeBody(r.ClosedAt),
	}
}

// runStates returns the states of a filter.
func runStates(states api.FilterState) []run.State {
	all := make([]run.State, len(states))
	for i, s := range states {
		all[i] = run.State(s)
	}
	return all
}
