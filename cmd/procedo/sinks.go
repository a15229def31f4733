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

// sinkFlags holds the flags for the sinks of the trail.
type sinkFlags struct {
	AuditSink []string `sep:" " help:"Sink for events and checkpoints: file:PATH, syslog:, https://…; repeatable." placeholder:"URL"`

	AuditSinkAllowPrivate bool `help:"Allow sinks on this machine and in private networks."`
}

// deliverEvery is the time between deliveries to a sink.
const deliverEvery = time.Second

// sinks opens the sinks that the flags name. It reads their secrets from an environment variable, because other users
// of the machine can see command lines.
func (d sinkFlags) sinks(stdout io.Writer) ([]app.Sink, error) {
	options := auditsink.Options{
		Stdout: stdout, Secrets: strings.Fields(os.Getenv(sinkSecretVariable)),
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

// toStdout reports whether a sink writes to standard output. If so, nothing else may be written there.
func (d sinkFlags) toStdout() bool {
	for _, address := range d.AuditSink {
		if strings.HasPrefix(address, "stdout:") {
			return true
		}
	}
	return false
}

// deliver starts the delivery of the trail to every sink, which runs until ctx is done. It returns a function that
// waits for all deliveries to end.
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
