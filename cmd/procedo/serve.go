package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
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
	signing
	delivery
	Listen          string        `default:"127.0.0.1:8080" help:"Address to listen on; ${default} when left out." placeholder:"HOST:PORT"`
	CacheURL        string        `name:"cache-url" default:"memory:" help:"Cache: memory: (or memory:?megabytes=N), valkey://host:port, valkeys:// for TLS, none:; ${default} when left out." placeholder:"URL"`
	AuditRefusals   bool          `default:"true" negatable:"" help:"Record refused commands in the trail; on when left out."`
	CheckpointEvery time.Duration `default:"1h" help:"How often what has changed is signed, where there is a key; ${default} when left out." placeholder:"DURATION"`
	Demo            bool          `help:"Load the demo procedure."`
	Migrate         bool          `help:"Bring the schema up before serving; SQLite does so by itself."`
	LogLevel        string        `default:"info" enum:"debug,info,warn,error" help:"What is logged to standard error: ${enum}; info has a line for each request." placeholder:"LEVEL"`
	AllowAnonymous  bool          `help:"Listen beyond this machine although nobody is authenticated."`
}

const (
	drainTime   = 20 * time.Second // how long open requests may take once the server is told to stop
	headerTime  = 10 * time.Second
	requestTime = time.Minute
	idleTime    = 2 * time.Minute
	pruneEvery  = time.Hour

	minCheckpointEvery = time.Second
	pollEvery          = 250 * time.Millisecond // how soon followers of a run hear of its events
)

// Run serves until the context ends, then drains.
func (c serveCmd) Run(ctx context.Context, m *Main) error {
	if err := c.mayListen(); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(m.Stderr, &slog.HandlerOptions{Level: level}))
	keys, err := c.checkpointing()
	if err != nil {
		return err
	}
	sinks, err := c.sinks(m.Stdout)
	if err != nil {
		return err
	}
	w, err := c.open(ctx, c.Migrate)
	if err != nil {
		return err
	}
	defer w.close()
	w.RefusalsOff = !c.AuditRefusals
	metrics := runtimeMetrics()
	if err := w.cached(c.CacheURL, log, metrics); err != nil {
		return err
	}
	if c.Demo {
		if err := loadDemo(ctx, w.Service); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
	}
	handler, err := httpadapter.New(httpadapter.Config{Service: w.Service, Ready: w.ping, Log: log, Schemas: docs.Schemas, Metrics: metrics, Feed: live.NewHub(ctx, w.RunHeads, pollEvery, log)})
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
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

// background is what a server does beside answering: it prunes, signs checkpoints and feeds sinks until the context ends.
func (c serveCmd) background(ctx context.Context, s *app.Service, keys []audit.Key, sinks []app.Sink, metrics prometheus.Registerer, log *slog.Logger) (stopped func(), err error) {
	delivered, err := deliver(ctx, s, sinks, metrics, log)
	if err != nil {
		return nil, err
	}
	var all sync.WaitGroup
	all.Go(func() { prune(ctx, s, log) })
	if keys != nil {
		all.Go(func() { checkpoints(ctx, s, keys, c.CheckpointEvery, log) })
	}
	return func() { delivered(); all.Wait() }, nil
}

// checkpointing is what checkpoints are signed with.
func (c serveCmd) checkpointing() ([]audit.Key, error) {
	if c.CheckpointEvery < minCheckpointEvery {
		return nil, fmt.Errorf("--checkpoint-every %s: at least %s", c.CheckpointEvery, minCheckpointEvery)
	}
	return c.keys()
}

// runtimeMetrics is a registry with what the process itself has to tell: memory, goroutines, open files.
func runtimeMetrics() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}

// mayListen keeps a server that asks nobody who they are on this machine, unless told otherwise outright.
func (c serveCmd) mayListen() error {
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fmt.Errorf("--listen %q: %w", c.Listen, err)
	}
	ip := net.ParseIP(host)
	if c.AllowAnonymous || host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return fmt.Errorf("--listen %s is reachable from other machines and nobody is authenticated: say --allow-anonymous to do it all the same", c.Listen)
}

func (c serveCmd) announce(m *Main, addr net.Addr) {
	base, out := "http://"+addr.String(), m.Stdout
	if c.toStdout() {
		out = m.Stderr
	}
	fmt.Fprintf(out, "Procedo serves %s from %s\n\n  procedures  %s/procedures\n  runs        %s/runs\n  contract    %s/openapi.yaml\n",
		base, c.shown(), base, base, base)
	if c.Demo {
		fmt.Fprintf(out, "\nStart a run of the demo:\n\n  curl -sd '{\"procedure_id\":\"%s\"}' -H 'Content-Type: application/json' %s/runs\n", docs.DemoID, base)
	}
	fmt.Fprintln(out)
	if m.Ready != nil {
		m.Ready(base)
	}
}

// serve answers until the context ends; requests under way are finished, within drainTime.
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

// prune removes expired receipts now and then.
func prune(ctx context.Context, s *app.Service, log *slog.Logger) {
	tick := time.NewTicker(pruneEvery)
	defer tick.Stop()
	for {
		if err := s.Receipts.Prune(ctx, s.Clock.Now().Add(-app.ReceiptLife)); err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "expired idempotency keys not removed", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// loadDemo loads the embedded demo; a database that has it keeps it, and one where it was archived is left so.
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
