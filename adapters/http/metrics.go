package http

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// commitOperation is the operation whose outcomes are counted apart: it is what Procedo is for.
const commitOperation = "POST /runs/{run_id}/steps/{step_key}/commit"

// buckets are the upper bounds, in seconds, in which requests are counted.
var buckets = []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}

// metrics are what the server counts. Labels come from closed sets: operations, statuses and codes, never an id.
type metrics struct {
	seconds *prometheus.HistogramVec
	commits *prometheus.CounterVec
	issues  *prometheus.CounterVec
}

func newMetrics(into prometheus.Registerer) (metrics, error) {
	m := metrics{
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "procedo_request_seconds", Buckets: buckets,
			Help: "Time to answer requests, by operation of the API contract (none for an unknown address) and status.",
		}, []string{"operation", "status"}),
		commits: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "procedo_commits_total",
			Help: "Step commits by outcome: accepted, repeated (same Idempotency-Key), or the code of the problem.",
		}, []string{"outcome"}),
		issues: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "procedo_issues_total",
			Help: "Issues in refused requests, by code.",
		}, []string{"code"}),
	}
	for _, c := range []prometheus.Collector{m.seconds, m.commits, m.issues} {
		if err := into.Register(c); err != nil {
			return metrics{}, err
		}
	}
	return m, nil
}

// answered counts a request that has its answer.
func (m metrics) answered(c *call, w *watched, took time.Duration) {
	operation := c.operation
	if operation == "" {
		operation = "none"
	}
	m.seconds.WithLabelValues(operation, strconv.Itoa(w.status)).Observe(took.Seconds())
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

// refused counts what a problem names.
func (m metrics) refused(p problem) {
	for _, i := range p.Issues {
		m.issues.WithLabelValues(i.Code).Inc()
	}
}
