package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	httpadapter "github.com/procedo/procedo/adapters/http"
	"github.com/procedo/procedo/adapters/live"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/docs"
)

type serveCmd struct {
	database
	checkpointKeyFlag
	sinkFlags

	Listen          string        `default:"127.0.0.1:8080" help:"Address to listen on."`
	CacheURL        string        `name:"cache-url" default:"memory:" help:"Cache, see above."`
	AuditRefusals   bool          `default:"true" negatable:"" help:"Record refused commands in the trail; on by default."`
	CheckpointEvery time.Duration `default:"1h" help:"Time between checkpoints, if there is a key."`
	Demo            bool          `help:"Load the demo procedure."`
	Migrate         bool          `help:"Apply pending migrations first; for SQLite this is always done."`

	LogLevel string `default:"info" enum:"debug,info,warn,error" help:"Level of the log on standard error: ${enum}."`

	AllowAnonymous bool `help:"Allow --listen on addresses that other machines can reach."`
}

// Help is shown by --help below the summary.
func (serveCmd) Help() string {
	return "The cache is memory:, memory:?megabytes=N, valkey://host:port, valkeys://host:port (TLS) or none:. " +
		"A sink is file:PATH, stdout:, syslog:, syslog+udp://, syslog+tcp:// or syslog+tls://HOST:PORT, http:// or " +
		"https://; PROCEDO_AUDIT_SINK_SECRET holds the secret that webhooks are signed with. " +
		"PROCEDO_AUDIT_KEY can hold the keys for checkpoints in place of a file. " +
		"There is no authentication yet: by default, only this machine can reach the server."
}

const (
	drainTime   = 20 * time.Second // maximum time for open requests to complete when the server stops
	headerTime  = 10 * time.Second
	requestTime = time.Minute
	idleTime    = 2 * time.Minute
	pruneEvery  = time.Hour

	minCheckpointEvery = time.Second
	pollEvery          = 250 * time.Millisecond // time between queries for new events of followed runs
)

// Run serves until ctx is done, then waits for open requests to complete.
func (c serveCmd) Run(ctx context.Context, m *Main) error {
	if err := c.mayListen(); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	log, err := c.logger(m.Stderr)
	if err != nil {
		return err
	}
	if c.CacheURL == "" { // to serve without a cache, the flag must say none:
		return failure("cache_url", fault.Params{"url": c.CacheURL})
	}
	keys, err := c.checkpointing()
	if err != nil {
		return err
	}
	sinks, err := c.sinks(m.Stdout)
	if err != nil {
		return err
	}
	metrics := runtimeMetrics()
	wiring := wiring{cacheURL: c.CacheURL, log: log, metrics: metrics}
	if !c.AuditRefusals {
		wiring.options = append(wiring.options, app.WithoutRefusals())
	}
	w, err := c.open(ctx, c.Migrate, wiring)
	if err != nil {
		return err
	}
	defer w.close()
	handler, err := c.handler(ctx, w, metrics, log)
	if err != nil {
		return err
	}
	if c.Demo {
		if err := loadDemo(ctx, w.Service); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if errors.Is(err, syscall.EADDRINUSE) {
		return failure("listen_used", fault.Params{"address": c.Listen})
	}
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: headerTime, ReadTimeout: requestTime, WriteTimeout: requestTime,
		IdleTimeout: idleTime, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	stopped, err := c.background(ctx, w.Service, keys, sinks, metrics, log)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	c.announce(m, listener.Addr())
	err = serve(ctx, server, listener)
	stop()
	stopped()
	return err
}

// handler returns the handler of the API.
func (c serveCmd) handler(
	ctx context.Context, w *wired, metrics *prometheus.Registry, log *slog.Logger,
) (http.Handler, error) {
	key, err := w.hmacKey(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.shown(), err)
	}
	return httpadapter.New(httpadapter.Config{
		Service: w.Service, Ready: w.ping, Log: log, Schemas: docs.Schemas, Metrics: metrics,
		Feed: live.NewHub(ctx, w.heads, pollEvery, log), HMACKey: key,
	})
}

// logger returns a logger of the level that the flags set.
func (c serveCmd) logger(out io.Writer) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return nil, err
	}
	return slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: level})), nil
}

// background starts the pruning of receipts, the making of checkpoints and the delivery to sinks, which run until ctx
// is done. It returns a function that waits for them to end.
func (c serveCmd) background(
	ctx context.Context, s *app.Service, keys []audit.Key, sinks []app.Sink, metrics prometheus.Registerer,
	log *slog.Logger,
) (stopped func(), err error) {
	delivered, err := deliver(ctx, s, sinks, metrics, log)
	if err != nil {
		return nil, err
	}
	var all sync.WaitGroup
	all.Go(func() { prune(ctx, s, log) })
	if keys != nil {
		all.Go(func() { makeCheckpoints(ctx, s, keys, c.CheckpointEvery, log) })
	}
	return func() { delivered(); all.Wait() }, nil
}

// checkpointing checks the flags for checkpoints and returns the signing keys.
func (c serveCmd) checkpointing() ([]audit.Key, error) {
	if c.CheckpointEvery < minCheckpointEvery {
		return nil, failure("at_least", fault.Params{
			"flag": "--checkpoint-every", "given": c.CheckpointEvery.String(), "min": minCheckpointEvery.String(),
		})
	}
	return c.keys()
}

// runtimeMetrics returns a registry with the metrics of the Go runtime and of the process.
func runtimeMetrics() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}

// mayListen returns an error if other machines could reach the server, unless --allow-anonymous is given: there is no
// authentication yet.
func (c serveCmd) mayListen() error {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return failure("listen_address", fault.Params{"address": c.Listen})
	}
	ip := net.ParseIP(host)
	if c.AllowAnonymous || host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return failure("listen_anonymous", fault.Params{"address": c.Listen})
}

// announce prints the server's URL, to standard error if a sink writes to standard output.
func (c serveCmd) announce(m *Main, addr net.Addr) {
	base, out := "http://"+addr.String(), m.Stdout
	if c.toStdout() {
		out = m.Stderr
	}
	fmt.Fprintln(out, say("serving", fault.Params{"url": base, "database": c.shown()}))
	if c.Demo {
		fmt.Fprintf(out, "\n%s\n\n  curl -sd '{\"procedure_id\":\"%s\"}' -H 'Content-Type: application/json' %s/runs\n",
			say("start_demo", nil), docs.DemoID, base)
	}
	fmt.Fprintln(out)
	if m.Ready != nil {
		m.Ready(base)
	}
}

// serve runs the server until ctx is done. Open requests then have drainTime to complete.
func serve(ctx context.Context, server *http.Server, listener net.Listener) error {
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	if err := server.Shutdown(drain); err != nil {
		return errors.Join(err, server.Close())
	}
	return nil
}

// prune periodically removes expired receipts, the stored answers for repeated Idempotency-Keys.
func prune(ctx context.Context, s *app.Service, log *slog.Logger) {
	tick := time.NewTicker(pruneEvery)
	defer tick.Stop()
	for {
		if err := s.PruneReceipts(ctx); err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "cannot remove expired idempotency keys", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// loadDemo loads the embedded demo procedure. If the procedure is archived in this database, loadDemo does not change
// it.
func loadDemo(ctx context.Context, s *app.Service) error {
	node, err := jsondoc.Parse(docs.Demo)
	if err != nil {
		return err
	}
	_, err = s.SaveDefinition(ctx, app.Request{Actor: "procedo-demo"}, node)
	if fault.Is(err, fault.Conflict) {
		return nil
	}
	return err
}
