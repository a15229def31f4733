package procedo

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"

	"github.com/procedo/procedo/api/client"
)

// page is the body of a page of a list.
type page[T any] struct {
	Items      []T     `json:"items"`
	NextCursor *string `json:"next_cursor"`
}

// pages returns the items of all pages. get requests the page at a cursor; nil is the first page. An error ends the
// sequence.
func pages[T any](cursor *string, get func(cursor *string) (*http.Response, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for next := cursor; ; {
			found, err := Decode[page[T]](get(next))
			if err != nil {
				yield(*new(T), err)
				return
			}
			for _, item := range found.Items {
				if !yield(item, nil) {
					return
				}
			}
			if next = found.NextCursor; next == nil {
				return
			}
		}
	}
}

// Procedures returns the procedures that match the parameters, ordered by id. Further pages are requested as they are
// needed; Limit is the length of a page.
func (c *Client) Procedures(
	ctx context.Context, p client.ListProceduresParams,
) iter.Seq2[client.ProcedureSummary, error] {
	return pages[client.ProcedureSummary](p.Cursor, func(cursor *string) (*http.Response, error) {
		p.Cursor = cursor
		return c.API.ListProcedures(ctx, &p)
	})
}

// Versions returns the versions of a procedure.
func (c *Client) Versions(ctx context.Context, procedureID string) iter.Seq2[client.ProcedureVersionSummary, error] {
	return pages[client.ProcedureVersionSummary](nil, func(cursor *string) (*http.Response, error) {
		return c.API.ListProcedureVersions(ctx, procedureID, &client.ListProcedureVersionsParams{Cursor: cursor})
	})
}

// Runs returns the runs that match the parameters, newest first.
func (c *Client) Runs(ctx context.Context, p client.ListRunsParams) iter.Seq2[client.RunSummary, error] {
	return pages[client.RunSummary](p.Cursor, func(cursor *string) (*http.Response, error) {
		p.Cursor = cursor
		return c.API.ListRuns(ctx, &p)
	})
}

// Events returns the events of a run, oldest first. Follow also returns those that are recorded later.
func (c *Client) Events(ctx context.Context, runID string) iter.Seq2[client.Event, error] {
	return pages[client.Event](nil, func(cursor *string) (*http.Response, error) {
		return c.API.ListRunEvents(ctx, runID, &client.ListRunEventsParams{Cursor: cursor, Limit: new(maxPage)})
	})
}

// Exceptions returns what a reviewer of a run should see, oldest first, as JSON.
func (c *Client) Exceptions(ctx context.Context, runID string) iter.Seq2[json.RawMessage, error] {
	return pages[json.RawMessage](nil, func(cursor *string) (*http.Response, error) {
		return c.API.ListRunExceptions(ctx, runID, &client.ListRunExceptionsParams{Cursor: cursor, Limit: new(maxPage)})
	})
}

// AuditEvents returns the events of all runs and procedures that match the parameters, newest first.
func (c *Client) AuditEvents(ctx context.Context, p client.ListAuditEventsParams) iter.Seq2[client.Event, error] {
	return pages[client.Event](p.Cursor, func(cursor *string) (*http.Response, error) {
		p.Cursor = cursor
		return c.API.ListAuditEvents(ctx, &p)
	})
}

// maxPage is the length of the longest page.
const maxPage = 200
