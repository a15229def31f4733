package http

import (
	"context"
	"net/http"

	"github.com/procedo/procedo/api"
)

// GetLiveness handles GET /livez.
func (s *server) GetLiveness(context.Context, api.GetLivenessRequestObject) (api.GetLivenessResponseObject, error) {
	return healthy()
}

// GetReadiness handles GET /readyz.
func (s *server) GetReadiness(
	ctx context.Context, _ api.GetReadinessRequestObject,
) (api.GetReadinessResponseObject, error) {
	if err := s.ready(ctx); err != nil {
		return nil, err
	}
	return healthy()
}

func healthy() (response, error) {
	return jsonResponse(http.StatusOK, api.Health{Status: "ok"}, map[string]string{"Cache-Control": "no-store"})
}
