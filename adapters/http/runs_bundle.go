package http

import (
	"context"
	"net/http"

	"github.com/procedo/procedo/api"
)

// GetRunBundle answers GET /runs/{run_id}/bundle.
func (s *server) GetRunBundle(ctx context.Context, r api.GetRunBundleRequestObject) (api.GetRunBundleResponseObject, error) {
	bundle, err := s.service.Bundle(ctx, r.RunID)
	if err != nil {
		return nil, err
	}
	return jsonAnswer(http.StatusOK, bundle, map[string]string{"Cache-Control": revalidate})
}
