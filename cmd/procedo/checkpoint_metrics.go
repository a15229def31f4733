package main

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/procedo/procedo/core/app"
)

// checkpointMetrics show what keeps checkpoints from being made or cosigned.
type checkpointMetrics struct {
	failing   prometheus.Gauge
	witnesses *prometheus.GaugeVec
}

func newCheckpointMetrics(registry prometheus.Registerer, witnesses []app.Witness) (checkpointMetrics, error) {
	m := checkpointMetrics{
		failing: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "procedo_checkpoint_failing", Help: "1 if a checkpoint is due and could not be made; otherwise 0.",
		}),
		witnesses: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "procedo_witness_failing",
			Help: "1 if the witness has not cosigned the latest checkpoint when asked; otherwise 0.",
		}, []string{"witness"}),
	}
	for _, w := range witnesses {
		m.witnesses.WithLabelValues(w.Name())
	}
	return m, errors.Join(registry.Register(m.failing), registry.Register(m.witnesses))
}

func (m checkpointMetrics) setFailing(failing bool) {
	m.failing.Set(0)
	if failing {
		m.failing.Set(1)
	}
}
