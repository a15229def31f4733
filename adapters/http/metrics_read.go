package http

import (
	"bytes"
	"context"
	"net/http"

	"github.com/prometheus/common/expfmt"

	"github.com/procedo/procedo/api"
)

// GetMetrics answers GET /metrics in Prometheus's text format, version 0.0.4.
func (s *server) GetMetrics(context.Context, api.GetMetricsRequestObject) (api.GetMetricsResponseObject, error) {
	families, err := s.registry.Gather()
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	format := expfmt.NewFormat(expfmt.TypeTextPlain)
	encoder := expfmt.NewEncoder(&text, format)
	for _, f := range families {
		if err := encoder.Encode(f); err != nil {
			return nil, err
		}
	}
	return answer{http.StatusOK, map[string]string{"Content-Type": string(format), "Cache-Control": "no-store"}, text.Bytes()}, nil
}
