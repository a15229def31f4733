package mcp

import (
	"context"

	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/api/procedo"
)

type listProceduresArguments struct {
	Query  *string        `json:"query"`
	Status *client.Status `json:"status"`
	Cursor *string        `json:"cursor"`
	Limit  *int           `json:"limit"`
}

// listedProcedure is an entry of the list of procedures. Its texts are in the language of the definition.
type listedProcedure struct {
	ID          string  `json:"id"`
	Name        string  `json:"name"`
	Description *string `json:"description,omitempty"`
	Language    *string `json:"language,omitempty"`
	Version     int     `json:"version"`
	Status      string  `json:"status"`
}

// listProcedures handles the tool list_procedures.
func (s *Server) listProcedures(ctx context.Context, _ call, a listProceduresArguments) (any, error) {
	list, err := procedo.Decode[client.ProcedureList](s.api.ListProcedures(ctx, &client.ListProceduresParams{
		Query: a.Query, Status: a.Status, Cursor: a.Cursor, Limit: limitOf(a.Limit),
	}))
	if err != nil {
		return nil, err
	}
	items := []listedProcedure{}
	for _, p := range list.Items {
		items = append(items, listedProcedure{p.ID, p.Name, p.Description, p.Language, p.Version, string(p.Status)})
	}
	return page[listedProcedure]{items, list.NextCursor}, nil
}

// page is a page of a list. NextCursor is nil on the last one.
type page[T any] struct {
	Items      []T     `json:"items"`
	NextCursor *string `json:"next_cursor,omitempty"`
}

// defaultLimit is the number of items of a page: an assistant pays for what it reads.
const defaultLimit = 20

func limitOf(given *int) *int {
	if given == nil {
		return new(defaultLimit)
	}
	return given
}
