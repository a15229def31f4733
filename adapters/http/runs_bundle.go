package http

import (
	"context"
	"net/http"

	"github.com/procedo/procedo/api"
)

// GetRunBundle handles GET /runs/{run_id}/bundle.
func (s *server) GetRunBundle(
	ctx context.Context, r api.GetRunBundleRequestObject,
) (api.GetRunBundleResponseObject, error) {
	bundle, err := s.service.Bundle(ctx, r.RunID)
	if err != nil {
		return nil, err
	}
	return jsonResponse(http.StatusOK, bundle, map[string]string{"Cache-Control": cacheRevalidate})
}
