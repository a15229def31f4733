package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/procedo/procedo/adapters/auditsink"
	"github.com/procedo/procedo/adapters/system"
	"github.com/procedo/procedo/core/app"
)

// delivery names where the trail goes.
type delivery struct {
	AuditSink             []string `sep:" " help:"Where every event and checkpoint goes: file:PATH, stdout:, syslog:, syslog+udp://, syslog+tcp://, syslog+tls://HOST:PORT, http(s)://. May be given several times. PROCEDO_AUDIT_SINK_SECRET signs webhooks." placeholder:"URL"`
	AuditSinkAllowPrivate bool     `help:"Let sinks be at addresses of this machine and of private networks."`
}

// deliverEvery is how soon a sink hears of what was committed.
const deliverEvery = time.Second

// sinks opens what the flags name. The secrets come from a variable, since what stands in a command line can be seen by others.
func (d delivery) sinks(stdout io.Writer) ([]app.Sink, error) {
	options := auditsink.Options{Stdout: stdout, Secrets: strings.Fields(os.Getenv("PROCEDO_AUDIT_SINK_SECRET")), AllowPrivate: d.AuditSinkAllowPrivate}
	all := make([]app.Sink, 0, len(d.AuditSink))
	for _, address := range d.AuditSink {
		sink, err := auditsink.Open(address, options)
		if err != nil {
			return nil, err
		}
		all = append(all, sink)
	}
	return all, nil
}

// toStdout reports whether standard output belongs to a sink, so that nothing else may stand there.
func (d delivery) toStdout() bool {
	for _, address := range d.AuditSink {
		if strings.HasPrefix(address, "stdout:") {
			return true
		}
	}
	return false
}

// deliver gives every sink the trail until the context ends; wait returns once all have stopped.
func deliver(ctx context.Context, s *app.Service, sinks []app.Sink, metrics prometheus.Registerer, log *slog.Logger) (wait func(), err error) {
	m, err := auditsink.NewMetrics(metrics)
	if err != nil {
		return nil, err
	}
	holder := system.Random{}.RunID()
	var all sync.WaitGroup
	for _, sink := range sinks {
		all.Go(func() { auditsink.Run(ctx, s.Deliver, sink, holder, deliverEvery, m, log) })
	}
	return all.Wait, nil
}
