package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// bench holds what a benchmark has started.
type bench struct {
	options  options
	root     string // the folder of the module
	folder   string // a temporary folder
	program  string // Procedo
	postgres *postgres
	running  []*system
}

// system is what is measured. It is a service with a process of its own, or bare SQL, which has no service.
type system struct {
	name    string
	base    string // URL of the service
	command *exec.Cmd
	log     string
	others  []*system // the services of a system that consists of several
}

// start builds Procedo and starts PostgreSQL.
func start(ctx context.Context, o options) (b *bench, err error) {
	b = &bench{options: o}
	root, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	b.root = strings.TrimSpace(string(root))
	if b.folder, err = os.MkdirTemp("", "procedo-bench-"); err != nil {
		return nil, err
	}
	if err = os.Chmod(b.folder, 0o755); err == nil { // PostgreSQL may run as another user
		b.program = filepath.Join(b.folder, "procedo")
		build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", b.program, "./cmd/procedo")
		build.Dir, build.Env = b.root, append(os.Environ(), "CGO_ENABLED=0")
		build.Stderr = os.Stderr
		err = build.Run()
	}
	if err == nil {
		b.postgres, err = startPostgres(ctx, b.folder)
	}
	if err != nil {
		_ = os.RemoveAll(b.folder)
		return nil, err
	}
	return b, nil
}

// stop stops all servers and removes their data.
func (b *bench) stop() {
	for _, s := range b.running {
		s.stop()
	}
	b.postgres.stop()
	_ = os.RemoveAll(b.folder)
}

// procedo starts Procedo on a database and waits until it is ready.
func (b *bench) procedo(ctx context.Context, name, database string) (*system, error) {
	return b.procedoWith(ctx, name, database)
}

// procedoWith is like procedo, with further flags.
func (b *bench) procedoWith(ctx context.Context, name, database string, more ...string) (*system, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	address := fmt.Sprintf("127.0.0.1:%d", port)
	args := []string{"serve", "--listen", address, "--database-url", database}
	if strings.HasPrefix(database, "postgres:") {
		args = append(args, "--migrate")
	}
	return b.serve(ctx, name, address, "/readyz", b.program, slices.Concat(args, b.options.serve, more)...)
}

// baseline starts this program as a baseline server.
func (b *bench) baseline(ctx context.Context, name, database string) (*system, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	address := fmt.Sprintf("127.0.0.1:%d", port)
	return b.serve(ctx, name, address, "/", self, name, address, database)
}

// serve starts a server and waits until it answers.
func (b *bench) serve(ctx context.Context, name, address, ready, program string, args ...string) (*system, error) {
	s := &system{name: name, base: "http://" + address, log: filepath.Join(b.folder, name+".log")}
	log, err := os.OpenFile(s.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }()
	s.command = exec.Command(program, args...)
	s.command.Dir, s.command.Stdout, s.command.Stderr = b.folder, log, log
	if err := s.command.Start(); err != nil {
		return nil, err
	}
	b.running = append(b.running, s)
	c := newClient(1, s.base)
	defer c.http.CloseIdleConnections()
	for deadline := time.Now().Add(time.Minute); ; rest(ctx, 50*time.Millisecond) {
		_, err := c.call(ctx, http.MethodGet, ready, nil, http.StatusOK)
		if err == nil {
			return s, nil
		}
		if time.Now().After(deadline) || ctx.Err() != nil {
			text, _ := os.ReadFile(s.log)
			return nil, fmt.Errorf("%s does not start: %w\n%s", name, err, text)
		}
	}
}

// stop ends the process of a service.
func (s *system) stop() {
	if s.command == nil || s.command.ProcessState != nil {
		return
	}
	_ = s.command.Process.Signal(syscall.SIGTERM)
	kill := time.AfterFunc(10*time.Second, func() { _ = s.command.Process.Kill() })
	defer kill.Stop()
	_ = s.command.Wait()
}

// cpu returns the CPU seconds of the services of the system.
func (s *system) cpu() (seconds float64) {
	if s.command != nil {
		seconds = treeCPU(s.command.Process.Pid)
	}
	for _, other := range s.others {
		seconds += other.cpu()
	}
	return seconds
}

// rss returns the memory of the services of the system in MB.
func (s *system) rss() (megabytes float64) {
	if s.command != nil {
		megabytes = rssOf(s.command.Process.Pid)
	}
	for _, other := range s.others {
		megabytes += other.rss()
	}
	return megabytes
}

// databaseOf returns the name of the database of a system.
func databaseOf(name string) string { return "bench_" + name }
