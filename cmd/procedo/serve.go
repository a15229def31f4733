package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	httpadapter "github.com/procedo/procedo/adapters/http"
	"github.com/procedo/procedo/adapters/identity"
	"github.com/procedo/procedo/adapters/login"
	"github.com/procedo/procedo/adapters/mcp"
	"github.com/procedo/procedo/core/access"
	"github.com/procedo/procedo/core/app"
	"github.com/procedo/procedo/core/fault"
	"github.com/procedo/procedo/core/jsondoc"
	"github.com/procedo/procedo/docs"
)

type serveCmd struct {
	database
	checkpointFlags
	secretsFlag
	sinkFlags
	limitFlags
	listenFlags
	identityFlags
	loginFlags
	tracingFlags
	pprofFlags
	mountFlags

	CacheURL        string        `name:"cache-url" default:"memory:" help:"Cache: memory:, valkey://… or none:."`
	SecretsInClear  bool          `help:"Allow sensitive values in clear although callers are authenticated."`
	AuditRefusals   bool          `default:"true" negatable:"" help:"Record refused commands in the trail; on by default."`
	CheckpointEvery time.Duration `default:"1h" help:"Time between checkpoints, if there is a key."`
	Demo            bool          `help:"Load the demo procedure."`
	Migrate         bool          `help:"Apply pending migrations first; for SQLite this is always done."`

	LogLevel string `default:"info" enum:"debug,info,warn,error" help:"Level of the log on standard error: ${enum}."`
}

// Help is shown by --help below the summary.
func (serveCmd) Help() string {
	return "The cache is memory:, memory:?megabytes=N, valkey://host:port, valkeys://host:port (TLS) or none:. " +
		"A sink is file:PATH, stdout:, syslog:, syslog+udp://, syslog+tcp:// or syslog+tls://HOST:PORT, http:// or " +
		"https://; PROCEDO_AUDIT_SINK_SECRET holds the secret that webhooks are signed with. " +
		"PROCEDO_AUDIT_KEY can hold the keys for checkpoints in place of a file. " +
		"Without --oidc-issuer and --tokens nobody is authenticated: then only this machine can reach the server, unless " +
		"--allow-anonymous is given. " +
		"On a loopback address, the Host header must be a loopback address, localhost or a value of --host; " +
		"elsewhere it is checked only if --host is given. " +
		"With --oidc-client-id, people sign in to the console at --public-url; " +
		"--secrets-key-file lets a session outlive its access token. " +
		"Without --max-connections, the number of connections is the limit of open files less 256 (half of a limit " +
		"below 512), and at most 4096; beyond it, the connection that has been unused longest is closed."
}

const (
	pruneEvery = time.Hour

	minCheckpointEvery = time.Second
)

// Run serves until ctx is done, then waits for open requests to complete.
func (c serveCmd) Run(ctx context.Context, m *Main) error {
	if err := c.checkSettings(ctx); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	log, flush, err := c.logger(ctx, m.Stderr)
	if err != nil {
		return err
	}
	defer flush()
	checkpoints, err := c.checkpointing(ctx)
	if err != nil {
		return err
	}
	sinks, err := c.sinks(m.sinkOutput())
	if err != nil {
		return err
	}
	metrics := runtimeMetrics()
	spans, log, closeTraces, err := c.openTraces(ctx, log, metrics)
	if err != nil {
		return err
	}
	defer closeTraces()
	c.traces = spans
	if c.secrets, err = c.keyset(ctx); err != nil {
		return err
	}
	w, err := c.open(ctx, c.Migrate, c.wiring(log, metrics))
	if err != nil {
		return err
	}
	defer within(finishTime, func() { w.close() })
	if err := checkpoints.checkOrigin(ctx, w.Service); err != nil {
		return err
	}
	c.warnOfExposedFiles(log)
	if err := w.markInUse(ctx); err != nil {
		log.WarnContext(ctx, "cannot mark the database as being in use", "error", err)
	}
	listener, hosts, err := c.listen(ctx, c.publicHost(), log)
	if err != nil {
		return err
	}
	defer listener.Close() //nolint:errcheck // usually, the server has closed it
	stopProfiles, err := c.serveProfiles(ctx, log)
	if err != nil {
		return err
	}
	defer stopProfiles()
	raiseClock(ctx, w.clock, w.Service, log)
	tokens, err := c.authenticator(ctx, log)
	if err != nil {
		return err
	}
	if tokens != nil {
		defer tokens.Close()
		defer c.reloadTokens(ctx, tokens, log)()
	}
	handler, err := c.handler(ctx, w, tokens, hosts, listener.limit, metrics, log)
	if err != nil {
		return err
	}
	if c.Demo {
		if err := loadDemo(ctx, w.Service); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
	}
	stopped, err := c.background(ctx, w, checkpoints, c.traces.ofSinks(sinks), metrics, log)
	if err != nil {
		return err
	}
	c.announce(m, listener.Addr())
	notify(notifyReady, log)
	context.AfterFunc(ctx, func() { notify(notifyStopping, log) })
	err = serve(ctx, handler, listener, log)
	stop()
	if !within(finishTime, stopped) {
		log.Warn("the server stops before its background work has ended")
	}
	return err
}

// checkSettings returns an error if a flag has a value that the server refuses. The command config calls it, too.
func (c serveCmd) checkSettings(ctx context.Context) error {
	if err := c.mayListen(ctx, c.authenticates()); err != nil {
		return err
	}
	if c.CacheURL == "" { // to serve without a cache, the flag must say none:
		return failure("cache_url", fault.Params{"url": c.CacheURL})
	}
	if err := checkCacheURL(c.CacheURL); err != nil {
		return err
	}
	if err := c.checkPprof(ctx); err != nil {
		return err
	}
	if err := c.checkIdentity(ctx); err != nil {
		return err
	}
	if _, err := c.loginSettings(ctx); err != nil {
		return err
	}
	if c.authenticates() && c.SecretsKeyFile == "" && !c.SecretsInClear {
		return failure("secrets_in_clear", nil)
	}
	if err := c.checkSinkFiles(); err != nil {
		return err
	}
	return c.checkLimits()
}

// wiring returns the settings of the service.
func (c serveCmd) wiring(log *slog.Logger, metrics prometheus.Registerer) wiring {
	w := wiring{
		cacheURL: c.CacheURL, log: log, metrics: metrics, traces: c.traces,
		options: append(c.limitOptions(), c.traces.ofUseCases()...),
	}
	if !c.AuditRefusals {
		w.options = append(w.options, app.WithoutRefusals())
	}
	return w
}

// handler returns the handler of the API.
func (c serveCmd) handler(
	ctx context.Context, w *wired, tokens *identity.Authenticator, hosts httpadapter.Hosts, connections int,
	metrics *prometheus.Registry, log *slog.Logger,
) (http.Handler, error) {
	key, err := w.fingerprintKey(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.shown(), err)
	}
	config := httpadapter.Config{
		Service: w.Service, Ready: w.ping, Log: log, Schemas: docs.Schemas, Metrics: metrics,
		Feed: eventFeed(ctx, w, log), HMACKey: key, Requests: c.requests(), ClockBehind: w.clock.Behind,
		Hosts: hosts, RequestTimeout: workTime, Tracing: c.traces.ofHTTP(),
		// Event streams never end by themselves: they must leave connections for other requests.
		MaxStreams: min(httpadapter.MaxStreams, max(1, connections/2)),
	}
	if tokens != nil {
		config.Authenticator, config.Issuers = tokens, c.issuerURLs()
		if err := c.addLogin(ctx, &config, w, tokens, key, log); err != nil {
			return nil, err
		}
	}
	w.answers.addTo(&config)
	var api served
	if err := c.addTo(&config, c.PublicURL, &api, log); err != nil {
		return nil, err
	}
	api.Handler, err = httpadapter.New(config)
	return api.Handler, err
}

// logger returns a logger of the level that the flags set, and a function that passes on the lines that wait in it.
func (c serveCmd) logger(ctx context.Context, out io.Writer) (log *slog.Logger, flush func(), err error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return nil, nil, err
	}
	buffer := newLogBuffer(ctx, out)
	return newLogger(buffer, level), buffer.Stop, nil
}

// background starts the pruning of receipts, the watch over the clock and over the memory, the making of checkpoints
// and the delivery to sinks, which run until ctx is done. It returns a function that waits for them to end.
func (c serveCmd) background(
	ctx context.Context, w *wired, checkpoints checkpointing, sinks []app.Sink, metrics prometheus.Registerer, log *slog.Logger,
) (stopped func(), err error) {
	s := w.Service
	tuneMemory(ctx)
	shown, err := newCheckpointMetrics(metrics, checkpoints.witnesses)
	if err != nil {
		return nil, err
	}
	delivered, err := deliver(ctx, s, sinks, metrics, log)
	if err != nil {
		return nil, err
	}
	var all sync.WaitGroup
	all.Go(func() { prune(ctx, w, log) })
	all.Go(func() { watchClock(ctx, w.clock, s, log) })
	if checkpoints.keys != nil {
		all.Go(func() { makeCheckpoints(ctx, s, checkpoints, c.CheckpointEvery, shown, log) })
	}
	return func() { delivered(); all.Wait() }, nil
}

// checkpointing checks the flags for checkpoints and returns what they name.
func (c serveCmd) checkpointing(ctx context.Context) (checkpointing, error) {
	if c.CheckpointEvery < minCheckpointEvery {
		return checkpointing{}, failure("at_least", fault.Params{
			"flag": "--checkpoint-every", "given": c.CheckpointEvery.String(), "min": minCheckpointEvery.String(),
		})
	}
	return c.checkpointFlags.checkpointing(ctx)
}

// runtimeMetrics returns a registry with the metrics of the Go runtime and of the process.
func runtimeMetrics() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}

// console returns the address of the console, or an empty string if it is not offered.
func (c serveCmd) console(base string) string {
	switch {
	case !c.Console || c.authenticates() && !c.signsIn():
		return ""
	case c.signsIn():
		base = strings.TrimSuffix(c.PublicURL, "/")
	}
	return base + "/ui/"
}

// announce prints the server's URL, to standard error if a sink writes to standard output.
func (c serveCmd) announce(m *Main, addr net.Addr) {
	base, out := "http://"+addr.String(), m.Stdout
	if c.toStdout() {
		out = m.Stderr
	}
	fmt.Fprintln(out, say("serving", fault.Params{
		"url": base, "database": c.shown(), "docs": c.Docs, "console": c.console(base), "mcp": c.MCP != mcp.Off,
	}))
	if c.Demo && !c.authenticates() {
		fmt.Fprintf(out, "\n%s\n\n  curl -sd '{\"procedure_id\":\"%s\"}' -H 'Content-Type: application/json' %s/runs\n",
			say("start_demo", nil), docs.DemoID, base)
	}
	fmt.Fprintln(out)
	if m.Ready != nil {
		m.Ready(base)
	}
}

// prune periodically removes expired receipts, the stored answers for repeated Idempotency-Keys, and sessions that have
// ended.
func prune(ctx context.Context, w *wired, log *slog.Logger) {
	tick := time.NewTicker(pruneEvery)
	defer tick.Stop()
	for {
		if err := w.PruneReceipts(ctx); err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "cannot remove expired idempotency keys", "error", err)
		}
		if err := login.Prune(ctx, w.sessions, time.Now()); err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "cannot remove sessions that have ended", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// loadDemo loads the embedded demo procedure. It does not change the procedure if it is archived in this database, or
// if somebody has published a version of it.
func loadDemo(ctx context.Context, s *app.Service) error {
	node, err := jsondoc.Parse(docs.Demo)
	if err != nil {
		return err
	}
	by := access.System("procedo-demo", "")
	present, err := s.As(by).Procedure(ctx, docs.DemoID)
	if err == nil && present.Record.CreatedBy != by.ID || err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	_, err = s.As(by).SaveDefinition(ctx, app.Request{}, node)
	if fault.Is(err, fault.Conflict) {
		return nil
	}
	return err
}
