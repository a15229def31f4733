package auditsink

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/procedo/procedo/core/app"
)

// Metrics holds the metrics of all sinks. The label "sink" is the name of the sink.
type Metrics struct {
	lag       *prometheus.GaugeVec
	delivered *prometheus.CounterVec
	failures  *prometheus.CounterVec
}

// NewMetrics creates the metrics of sinks and registers them.
func NewMetrics(registry prometheus.Registerer) (Metrics, error) {
	m := Metrics{
		lag: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "procedo_audit_sink_lag_seconds",
			Help: "Age of the oldest record that the sink has not received; 0 if it has received all.",
		}, []string{"sink"}),
		delivered: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "procedo_audit_sink_delivered_total", Help: "Records delivered by this replica.",
		}, []string{"sink"}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "procedo_audit_sink_failures_total", Help: "Failed or incomplete delivery attempts of this replica.",
		}, []string{"sink"}),
	}
	for _, c := range []prometheus.Collector{m.lag, m.delivered, m.failures} {
		if err := registry.Register(c); err != nil {
			return m, err
		}
	}
	return m, nil
}

// Deliver is the signature of app.Service.Deliver.
type Deliver func(
	ctx context.Context, sink app.Sink, holder string, backoff func(int, error) time.Duration,
) (app.Delivered, error)

// Run delivers records to the sink until ctx is done. It delivers once per interval. While more records are ready, it
// continues without waiting. holder identifies this replica.
func Run(
	ctx context.Context, deliver Deliver, sink app.Sink, holder string, interval time.Duration, m Metrics,
	log *slog.Logger,
) {
	name := sink.Name()
	m.delivered.WithLabelValues(name).Add(0)
	m.failures.WithLabelValues(name).Add(0)
	failing, unusable := false, false
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		out, err := deliver(ctx, sink, holder, Backoff)
		if ctx.Err() != nil {
			return
		}
		m.delivered.WithLabelValues(name).Add(float64(out.Records))
		if err == nil {
			m.lag.WithLabelValues(name).Set(out.Lag.Seconds())
		}
		switch {
		case err != nil && !unusable: // said once, not at each look
			log.WarnContext(ctx, "the database cannot be used for the audit sink", "sink", name, "error", err)
		case err == nil && unusable:
			log.InfoContext(ctx, "the database can be used again for the audit sink", "sink", name)
		}
		unusable = err != nil
		switch {
		case out.Err != nil:
			m.failures.WithLabelValues(name).Inc()
			log.WarnContext(ctx, "delivery to the audit sink failed; it will be tried again", "sink", name, "error", out.Err)
			failing = true
		case failing && out.Records > 0:
			log.InfoContext(ctx, "the audit sink accepts deliveries again", "sink", name)
			failing = false
		}
		if out.More && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
