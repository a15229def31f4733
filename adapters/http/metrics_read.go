package http

import (
	"bytes"
	"context"
	"net/http"

	"github.com/prometheus/common/expfmt"

	"github.com/procedo/procedo/api"
)

// GetMetrics handles GET /metrics. The response is in the text format of Prometheus, version 0.0.4.
func (s *server) GetMetrics(ctx context.Context, _ api.GetMetricsRequestObject) (api.GetMetricsResponseObject, error) {
	ready := 1.0
	if s.ready(ctx) != nil {
		ready = 0
	}
	s.metrics.ready.Set(ready)
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
	header := map[string]string{"Content-Type": string(format), "Cache-Control": "no-store"}
	return response{http.StatusOK, header, text.Bytes()}, nil
}
