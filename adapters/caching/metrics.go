package caching

import (
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Values of the label outcome, for reads from the cache and writes to it.
const (
	hit      = "hit"       // the cached value is current
	caughtUp = "caught_up" // the database had further events, which were applied to the cached value
	stale    = "stale"     // the database has a newer value, which was loaded
	miss     = "miss"      // no value is cached
	stored   = "stored"    // the value was stored
	notNewer = "older"     // the value was not stored: the cached one is at least as new
	failed   = "error"     // the cache returned an error
	forged   = "forged"    // the cached value was not written by this service, or was changed afterwards
)

// missOutcome returns the outcome of a read that found no value. Caches mark the error for a value that is not
// authentic with a method Forged.
func missOutcome(err error) string {
	var mark interface{ Forged() bool }
	switch {
	case errors.As(err, &mark) && mark.Forged():
		return forged
	case err != nil:
		return failed
	}
	return miss
}

type metrics struct {
	reads, stores *prometheus.CounterVec
	durations     *prometheus.HistogramVec
}

func newMetrics(registry prometheus.Registerer) (metrics, error) {
	m := metrics{
		reads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "procedo_cache_reads_total",
			Help: "Cache reads by resource and outcome: hit, caught_up (further events were applied), stale (a newer " +
				"version was loaded), miss, error, forged (the value is not authentic).",
		}, []string{"resource", "outcome"}),
		stores: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "procedo_cache_stores_total",
			Help: "Cache writes by resource and outcome: stored, older (the cached value is at least as new), error.",
		}, []string{"resource", "outcome"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "procedo_cache_seconds",
			Help:    "Duration of cache operations by resource and operation (get, put, evict).",
			Buckets: []float64{.000001, .00001, .0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1},
		}, []string{"resource", "operation"}),
	}
	for _, c := range []prometheus.Collector{m.reads, m.stores, m.durations} {
		if err := registry.Register(c); err != nil {
			return m, err
		}
	}
	return m, nil
}

// resourceMetrics holds the metrics of one resource. All series exist from the start, with the value 0.
type resourceMetrics struct {
	reads, stores map[string]prometheus.Counter
	durations     map[string]prometheus.Observer
}

func (m metrics) resource(name string) resourceMetrics {
	r := resourceMetrics{
		reads: map[string]prometheus.Counter{}, stores: map[string]prometheus.Counter{},
		durations: map[string]prometheus.Observer{},
	}
	for _, outcome := range []string{hit, caughtUp, stale, miss, failed, forged} {
		r.reads[outcome] = m.reads.WithLabelValues(name, outcome)
	}
	for _, outcome := range []string{stored, notNewer, failed} {
		r.stores[outcome] = m.stores.WithLabelValues(name, outcome)
	}
	for _, operation := range []string{"get", "put", "evict"} {
		r.durations[operation] = m.durations.WithLabelValues(name, operation)
	}
	return r
}

func (r resourceMetrics) countRead(outcome string) { r.reads[outcome].Inc() }

func (r resourceMetrics) countStore(wasStored bool, err error) {
	switch {
	case err != nil:
		r.stores[failed].Inc()
	case wasStored:
		r.stores[stored].Inc()
	default:
		r.stores[notNewer].Inc()
	}
}

func (r resourceMetrics) observeDuration(operation string, start time.Time) {
	r.durations[operation].Observe(time.Since(start).Seconds())
}
