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

// delivery holds the flags for the sinks of the trail.
type delivery struct {
	AuditSink []string `sep:" " help:"Sink for events and checkpoints, see above; repeatable." placeholder:"URL"`

	AuditSinkAllowPrivate bool `help:"Allow sinks on this machine and in private networks."`
}

// deliverEvery is the time between deliveries to a sink.
const deliverEvery = time.Second

// sinks opens the sinks that the flags name. The secrets are in a variable, since other users can see command lines.
func (d delivery) sinks(stdout io.Writer) ([]app.Sink, error) {
	options := auditsink.Options{
		Stdout: stdout, Secrets: strings.Fields(os.Getenv("PROCEDO_AUDIT_SINK_SECRET")),
		AllowPrivate: d.AuditSinkAllowPrivate,
	}
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

// toStdout reports whether a sink writes to standard output. Nothing else may then be written there.
func (d delivery) toStdout() bool {
	for _, address := range d.AuditSink {
		if strings.HasPrefix(address, "stdout:") {
			return true
		}
	}
	return false
}

// deliver delivers the trail to every sink until ctx is done. Wait returns once all deliveries have stopped.
func deliver(
	ctx context.Context, s *app.Service, sinks []app.Sink, metrics prometheus.Registerer, log *slog.Logger,
) (wait func(), err error) {
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
