package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"strings"
	"syscall"

	"github.com/procedo/procedo/core/fault"
)

// pprofFlags say where the profiles of the program are served. Profiles show how the program is used, so they are never
// served where the API is.
type pprofFlags struct {
	Pprof            string `help:"Serve profiles of the program at this address, apart from the API." placeholder:"ADDRESS"`
	PprofAllowRemote bool   `help:"Allow --pprof on addresses that other machines can reach."`
}

// checkPprof returns an error if other machines could read the profiles, unless that is allowed.
func (f pprofFlags) checkPprof(ctx context.Context) error {
	if f.Pprof == "" {
		return nil
	}
	host, ok := hostOf(ctx, f.Pprof)
	if !ok {
		return failure("pprof_address", fault.Params{"address": f.Pprof})
	}
	if !f.PprofAllowRemote && !isLoopback(host) {
		return failure("pprof_remote", fault.Params{"address": f.Pprof})
	}
	return nil
}

// isLoopback reports whether a host is this machine, by its name or by a loopback address.
func isLoopback(host string) bool {
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// serveProfiles serves the profiles until ctx is done or stop is called. Without --pprof, it does nothing.
func (f pprofFlags) serveProfiles(ctx context.Context, log *slog.Logger) (stop func(), err error) {
	if err := f.checkPprof(ctx); err != nil || f.Pprof == "" {
		return func() {}, err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", f.Pprof)
	if errors.Is(err, syscall.EADDRINUSE) {
		err = failure("pprof_used", fault.Params{"address": f.Pprof})
	}
	if err != nil {
		return nil, err
	}
	server := &http.Server{
		Handler: f.profiles(), ReadHeaderTimeout: readTime, IdleTimeout: idleTime, MaxHeaderBytes: headerBytes,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	log.Info("profiles are served", "url", "http://"+listener.Addr().String()+"/debug/pprof/")
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Warn("profiles are no longer served", "error", err)
		}
	}()
	closeServer := func() { _ = server.Close() } // profiles need not be complete
	unhook := context.AfterFunc(ctx, closeServer)
	return func() {
		unhook()
		closeServer()
		<-done
	}, nil
}

// profiles returns the handler of the profiles. The command line is not among them, because it may hold passwords. A
// page of another site could reach a loopback address by a name of its own, so the name is checked there.
func (f pprofFlags) profiles() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	mux.HandleFunc("GET /debug/pprof/cmdline", http.NotFound)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if !f.PprofAllowRemote && !isLoopback(host) {
			http.Error(w, "not the host of this server", http.StatusMisdirectedRequest)
			return
		}
		mux.ServeHTTP(w, r)
	})
}
