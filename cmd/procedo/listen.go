package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strconv"
	"syscall"
	"time"

	httpadapter "github.com/procedo/procedo/adapters/http"
	"github.com/procedo/procedo/core/fault"
)

// listenFlags say where the server listens, and for whom.
type listenFlags struct {
	Listen         string   `default:"127.0.0.1:8080" help:"Address to listen on."`
	Host           []string `help:"Further host name of this server, for the Host header; repeatable." placeholder:"NAME"`
	MaxConnections int      `help:"Most connections at a time; by default as many as the limit of open files allows." placeholder:"N"`
	AllowAnonymous bool     `help:"Allow --listen on addresses that other machines can reach."`
}

const (
	readTime   = 10 * time.Second // for the header and the body of a request
	workTime   = 10 * time.Second // for the work; see also httpadapter.Config
	writeTime  = 20 * time.Second // for the work and the response
	idleTime   = 2 * time.Minute  // between two requests of a connection
	drainTime  = 7 * time.Second  // for open requests to complete when the server stops
	finishTime = time.Second      // for what runs in the background to end after that

	headerBytes = 64 << 10 // most bytes of a header that are read
	minFiles    = 16       // most files that the server needs in any case, besides its connections
)

// mayListen returns an error if other machines could reach a server that does not authenticate its callers, unless
// --allow-anonymous is given.
func (f listenFlags) mayListen(ctx context.Context, authenticates bool) error {
	if f.MaxConnections < 0 {
		return failure("at_least", fault.Params{
			"flag": "--max-connections", "given": strconv.Itoa(f.MaxConnections), "min": "0",
		})
	}
	host, ok := hostOf(ctx, f.Listen)
	if !ok {
		return failure("listen_address", fault.Params{"address": f.Listen})
	}
	for _, name := range f.Host {
		if _, err := httpadapter.NewHosts(host, true, []string{name}); err != nil {
			return failure("host_name", fault.Params{"given": name})
		}
	}
	ip := net.ParseIP(host)
	if authenticates || f.AllowAnonymous || host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	return failure("listen_anonymous", fault.Params{"address": f.Listen})
}

// hostOf returns the host of an address to listen on, and whether the address has the right form and a port that
// exists.
func hostOf(ctx context.Context, address string) (host string, ok bool) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", false
	}
	_, err = net.DefaultResolver.LookupPort(ctx, "tcp", port) // nothing is asked: ports have their names in a file
	return host, err == nil
}

// listen returns the listener of the server and the hosts that it is known by. Where these are checked, the public host
// is one of them, unless it is empty.
func (f listenFlags) listen(
	ctx context.Context, public string, log *slog.Logger,
) (*connections, httpadapter.Hosts, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", f.Listen)
	if errors.Is(err, syscall.EADDRINUSE) {
		err = failure("listen_used", fault.Params{"address": f.Listen})
	}
	if err != nil {
		return nil, httpadapter.Hosts{}, err
	}
	address, isTCP := listener.Addr().(*net.TCPAddr)
	host, _, err := net.SplitHostPort(f.Listen)
	if err != nil {
		return nil, httpadapter.Hosts{}, errors.Join(err, listener.Close())
	}
	loopback, names := isTCP && address.IP.IsLoopback(), f.Host
	if public != "" && (loopback || len(names) > 0) {
		names = append(slices.Clone(names), public)
	}
	hosts, err := httpadapter.NewHosts(host, loopback, names)
	if err != nil {
		return nil, hosts, errors.Join(err, listener.Close())
	}
	return limitConnections(listener, f.connectionLimit(log)), hosts, nil
}

// connectionLimit returns the largest number of open connections. It warns of a number that the limit of open files
// does not allow.
func (f listenFlags) connectionLimit(log *slog.Logger) int {
	files := maxOpenFiles()
	if f.MaxConnections == 0 {
		return connectionLimit(files)
	}
	if files > 0 && uint64(f.MaxConnections)+minFiles > files { //nolint:gosec // not negative, see mayListen
		log.Warn("--max-connections exceeds the number of files that this process may open",
			"connections", f.MaxConnections, "open_files", files)
	}
	return f.MaxConnections
}

// serve serves until ctx is done. Open requests then have drainTime to complete; those that do not are cut off.
func serve(ctx context.Context, handler http.Handler, listener *connections, log *slog.Logger) error {
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	server := &http.Server{
		Handler: watchBodies(handler), ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime,
		MaxHeaderBytes: headerBytes, DisableGeneralOptionsHandler: true, ConnState: listener.track,
		ConnContext: listener.inContext,
		BaseContext: func(net.Listener) context.Context { return work },
		ErrorLog:    slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	drain, cancel := context.WithTimeout(work, drainTime)
	defer cancel()
	err := server.Shutdown(drain)
	if errors.Is(err, context.DeadlineExceeded) {
		log.Warn("the server stops before all requests are answered", "waited", drainTime)
		return server.Close()
	}
	return err
}

// within calls fn and waits for it to return, but no longer than d. It reports whether fn returned.
func within(d time.Duration, fn func()) bool {
	done := make(chan struct{})
	go func() {
		defer close(done)
		fn()
	}()
	select {
	case <-done:
		return true
	case <-time.After(d):
		return false
	}
}
