package http

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/procedo/procedo/api"
	"github.com/procedo/procedo/core/fault"
)

// GetRunBundle handles GET /runs/{run_id}/bundle.
func (s *server) GetRunBundle(
	ctx context.Context, r api.GetRunBundleRequestObject,
) (api.GetRunBundleResponseObject, error) {
	bundle, err := s.service.Bundle(ctx, r.RunID, r.Params.Withhold...)
	if err != nil {
		return nil, inQuery(err)
	}
	return jsonResponse(http.StatusOK, bundle, map[string]string{"Cache-Control": cacheRevalidate})
}

// inQuery adds the prefix "query." to the fields of a malformed request's issues, because they are query parameters.
// It returns other errors unchanged.
func inQuery(err error) error {
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Malformed {
		return err
	}
	refused := *f
	refused.Issues = slices.Clone(f.Issues)
	for i := range refused.Issues {
		refused.Issues[i].Field = "query." + refused.Issues[i].Field
	}
	return &refused
}
