package mcp

import (
	"context"

	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/api/procedo"
)

type listRunsArguments struct {
	ProcedureID *string            `json:"procedure_id"`
	State       client.FilterState `json:"state"`
	Reference   *string            `json:"reference"`
	UserID      *string            `json:"user_id"`
	Cursor      *string            `json:"cursor"`
	Limit       *int               `json:"limit"`
}

// runSummary is a run without its steps.
type runSummary struct {
	ID               string  `json:"id"`
	ProcedureID      string  `json:"procedure_id"`
	ProcedureVersion int     `json:"procedure_version"`
	Reference        *string `json:"reference"`
	UserID           *string `json:"user_id"`
	State            string  `json:"state"`
	Revision         int64   `json:"revision"`
	CurrentStep      *string `json:"current_step"`
	UpdatedAt        string  `json:"updated_at"`
}

// listRuns handles the tool list_runs.
func (s *Server) listRuns(ctx context.Context, _ call, a listRunsArguments) (any, error) {
	list, err := procedo.Decode[client.RunList](s.api.ListRuns(ctx, &client.ListRunsParams{
		ProcedureID: a.ProcedureID, State: a.State, Reference: a.Reference, UserID: a.UserID, Cursor: a.Cursor,
		Limit: limitOf(a.Limit),
	}))
	if err != nil {
		return nil, err
	}
	items := []runSummary{}
	for _, r := range list.Items {
		items = append(items, runSummary{
			r.ID, r.ProcedureID, r.ProcedureVersion, r.Reference, r.UserID, string(r.State), r.Revision, r.CurrentStep,
			r.UpdatedAt,
		})
	}
	return page[runSummary]{items, list.NextCursor}, nil
}
