package main

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/procedo/procedo/core/app"
)

// checkpointMetrics count what keeps checkpoints from being made or cosigned. All series exist from the start, so that
// an alert sees the first failure.
type checkpointMetrics struct {
	failures  prometheus.Counter
	witnesses *prometheus.CounterVec
}

func newCheckpointMetrics(registry prometheus.Registerer, witnesses []app.Witness) (checkpointMetrics, error) {
	m := checkpointMetrics{
		failures: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "procedo_checkpoint_failures_total", Help: "Checkpoints that were due and could not be made.",
		}),
		witnesses: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "procedo_witness_failures_total", Help: "Requests to cosign the latest checkpoint that failed.",
		}, []string{"witness"}),
	}
	for _, w := range witnesses {
		m.witnesses.WithLabelValues(w.Name())
	}
	return m, errors.Join(registry.Register(m.failures), registry.Register(m.witnesses))
}
