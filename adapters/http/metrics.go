package http

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// commitOperation is the operation that procedo_commits_total counts.
const commitOperation = "POST /runs/{run_id}/steps/{step_key}/commit"

// durationBuckets are the upper bounds, in seconds, of the histogram of request durations.
var durationBuckets = []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}

// metrics are the metrics of the server. Label values are operations, statuses and codes, and never ids, so that the
// number of series stays small.
type metrics struct {
	ready   prometheus.Gauge
	faults  prometheus.Counter
	seconds *prometheus.HistogramVec
	commits *prometheus.CounterVec
	issues  *prometheus.CounterVec
}

func newMetrics(registry prometheus.Registerer) (metrics, error) {
	m := metrics{
		ready: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "procedo_ready", Help: "1 if the service can use its database at this moment, as /readyz says; otherwise 0.",
		}),
		// The series of a status begins with its first answer, in which an alert sees no increase.
		faults: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "procedo_internal_errors_total", Help: "Requests that were answered 500: faults of the program.",
		}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "procedo_request_seconds", Buckets: durationBuckets,
			Help: "Time to answer requests, by operation of the API contract (none for an unknown address) and status.",
		}, []string{"operation", "status"}),
		commits: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "procedo_commits_total",
			Help: "Step commits by outcome: accepted, repeated (same Idempotency-Key), or the code of the problem.",
		}, []string{"outcome"}),
		issues: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "procedo_issues_total",
			Help: "Issues that the answers to refused requests list, by code.",
		}, []string{"code"}),
	}
	for _, c := range []prometheus.Collector{m.ready, m.faults, m.seconds, m.commits, m.issues} {
		if err := registry.Register(c); err != nil {
			return metrics{}, err
		}
	}
	return m, nil
}

// countRequest records the duration of a request and, if it is a commit, its outcome.
func (m metrics) countRequest(c *call, w *statusRecorder, duration time.Duration) {
	operation := c.operation
	if operation == "" {
		operation = "none"
	}
	m.seconds.WithLabelValues(operation, strconv.Itoa(w.status)).Observe(duration.Seconds())
	if w.status == http.StatusInternalServerError {
		m.faults.Inc()
	}
	if operation == commitOperation {
		m.commits.WithLabelValues(outcome(c, w.Header())).Inc()
	}
}

func outcome(c *call, h http.Header) string {
	switch {
	case c.refusal != "":
		return c.refusal
	case h.Get("Idempotency-Replayed") != "":
		return "repeated"
	default:
		return "accepted"
	}
}

func (m metrics) countIssues(p problem) {
	for _, i := range p.Issues {
		m.issues.WithLabelValues(i.Code).Inc()
	}
}
