package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/tests/containers"
)

// postgres is a PostgreSQL server of this program alone.
type postgres struct {
	address string
	pid     int // its first process
	version string
	admin   *pgx.Conn
	halt    func()
}

// settings are those of a small server that keeps what it has acknowledged.
var settings = []string{
	"shared_buffers=1GB", "max_connections=300", "max_wal_size=4GB", "checkpoint_timeout=15min", "fsync=on",
}

// startPostgres starts a server from the programs that are installed, or in a container.
func startPostgres(ctx context.Context, folder string) (p *postgres, err error) {
	p = &postgres{}
	if programs := installedPostgres(); programs != "" {
		err = p.startInstalled(ctx, programs, folder)
	} else {
		p.address, p.pid, p.halt, err = containers.Server(ctx, settings...)
	}
	if err != nil {
		return nil, err
	}
	if p.admin, err = pgx.Connect(ctx, p.url("postgres")); err == nil {
		err = p.admin.QueryRow(ctx, "SHOW server_version").Scan(&p.version)
	}
	if err != nil {
		p.halt()
		return nil, err
	}
	p.version, _, _ = strings.Cut(p.version, " ")
	return p, nil
}

func (p *postgres) url(database string) string {
	return "postgres://postgres@" + p.address + "/" + database + "?sslmode=disable"
}

// create creates an empty database and returns its URL.
func (p *postgres) create(ctx context.Context, name string) (string, error) {
	_, err := p.admin.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize())
	return p.url(name), err
}

// written returns how many bytes of write-ahead log the server has written.
func (p *postgres) written(ctx context.Context) (bytes float64) {
	_ = p.admin.QueryRow(ctx, "SELECT (pg_current_wal_lsn() - '0/0')::float8").Scan(&bytes)
	return bytes
}

func (p *postgres) stop() {
	_ = p.admin.Close(context.Background())
	p.halt()
}

// installedPostgres returns the folder with the newest programs of a PostgreSQL server, or "".
func installedPostgres() string {
	if file, err := exec.LookPath("postgres"); err == nil {
		if file, err = filepath.EvalSymlinks(file); err == nil {
			return filepath.Dir(file)
		}
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if _, err := serverUser(); err != nil || len(found) == 0 {
		return ""
	}
	version := func(file string) int { n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(file)))); return n }
	return filepath.Dir(slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) }))
}

// serverUser returns the user as whom the server runs: the server refuses to run as root. It is nil for the user of
// this process.
func serverUser() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}

// startInstalled makes a cluster in the folder and starts its server.
func (p *postgres) startInstalled(ctx context.Context, programs, folder string) error {
	credential, err := serverUser()
	if err != nil {
		return err
	}
	data := filepath.Join(folder, "postgres")
	if err := os.Mkdir(data, 0o700); err != nil {
		return err
	}
	if credential != nil {
		if err := os.Chown(data, int(credential.Uid), int(credential.Gid)); err != nil {
			return err
		}
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	p.address = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	program := func(name string, args ...string) error {
		command := exec.CommandContext(ctx, filepath.Join(programs, name), args...)
		command.Dir, command.SysProcAttr = data, &syscall.SysProcAttr{Credential: credential}
		if output, err := command.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", name, err, output)
		}
		return nil
	}
	if err := program("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-D", data); err != nil {
		return err
	}
	given := fmt.Sprintf("-c listen_addresses=127.0.0.1 -c port=%d -c unix_socket_directories=", port)
	for _, s := range settings {
		given += " -c " + s
	}
	if err := program("pg_ctl", "-w", "-D", data, "-l", filepath.Join(data, "log"), "-o", given, "start"); err != nil {
		return err
	}
	p.halt = func() { ctx = context.Background(); _ = program("pg_ctl", "-D", data, "-m", "immediate", "stop") }
	pid, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err == nil {
		_, err = fmt.Sscan(string(pid), &p.pid)
	}
	if err != nil {
		p.halt()
	}
	return err
}

// freePort returns a free port of the loopback interface.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(port)
}
