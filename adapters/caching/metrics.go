package caching

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Outcomes of reads.
const (
	hit    = "hit"    // kept, and still so
	stale  = "stale"  // kept, and overtaken
	miss   = "miss"   // not kept
	failed = "error"  // the cache did not answer
	older  = "older"  // not stored: what is kept is as new
	stored = "stored" // stored
)

func missed(err error) string {
	if err != nil {
		return failed
	}
	return miss
}

type metrics struct {
	reads, stores *prometheus.CounterVec
	took          *prometheus.HistogramVec
}

func newMetrics(into prometheus.Registerer) (metrics, error) {
	m := metrics{
		reads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "procedo_cache_reads_total",
			Help: "Cache reads by resource and outcome: hit, stale (a newer version exists), miss, error.",
		}, []string{"resource", "outcome"}),
		stores: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "procedo_cache_stores_total",
			Help: "Cache writes by resource and outcome: stored, older (the cached value is at least as new), error.",
		}, []string{"resource", "outcome"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "procedo_cache_seconds",
			Help:    "Duration of cache operations by resource and operation (get, put).",
			Buckets: []float64{.000001, .00001, .0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1},
		}, []string{"resource", "operation"}),
	}
	for _, c := range []prometheus.Collector{m.reads, m.stores, m.took} {
		if err := into.Register(c); err != nil {
			return m, err
		}
	}
	return m, nil
}

// counts are the metrics of one resource.
type counts struct {
	reads, stores map[string]prometheus.Counter
	took          map[string]prometheus.Observer
}

func (m metrics) of(resource string) counts {
	c := counts{map[string]prometheus.Counter{}, map[string]prometheus.Counter{}, map[string]prometheus.Observer{}}
	for _, outcome := range []string{hit, stale, miss, failed} {
		c.reads[outcome] = m.reads.WithLabelValues(resource, outcome)
	}
	for _, outcome := range []string{stored, older, failed} {
		c.stores[outcome] = m.stores.WithLabelValues(resource, outcome)
	}
	for _, operation := range []string{"get", "put"} {
		c.took[operation] = m.took.WithLabelValues(resource, operation)
	}
	return c
}

func (c counts) read(outcome string) { c.reads[outcome].Inc() }

func (c counts) stored(kept bool, err error) {
	switch {
	case err != nil:
		c.stores[failed].Inc()
	case kept:
		c.stores[stored].Inc()
	default:
		c.stores[older].Inc()
	}
}

func (c counts) seconds(operation string, since time.Time) {
	c.took[operation].Observe(time.Since(since).Seconds())
}
