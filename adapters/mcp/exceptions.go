package mcp

import (
	"context"
	"iter"
	"maps"
	"slices"

	"github.com/procedo/procedo/api/client"
	"github.com/procedo/procedo/api/procedo"
)

// exceptions returns all exceptions of a run, page by page.
func (s *Server) exceptions(ctx context.Context, run string) iter.Seq2[client.RunException, error] {
	return func(yield func(client.RunException, error) bool) {
		params := &client.ListRunExceptionsParams{}
		for {
			list, err := procedo.Decode[client.RunExceptionList](s.api.ListRunExceptions(ctx, run, params))
			if err != nil {
				yield(client.RunException{}, err)
				return
			}
			for _, e := range list.Items {
				if !yield(e, nil) {
					return
				}
			}
			if list.NextCursor == nil {
				return
			}
			params.Cursor = list.NextCursor
		}
	}
}

func sortedNames[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
