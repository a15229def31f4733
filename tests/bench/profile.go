package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// hidden matches functions that only pass a call on, and closures. Their own time counts as that of their caller.
const hidden = `^(main|net|net/http|bufio|internal/poll|syscall)\.|^runtime\.(goexit|main|mcall|systemstack|park_m|` +
	`schedule|gcBg|newobject|makeslice|growslice|\(\*m|mallocgc[ST])|pgxpool|sendBatch|\(\*PgConn\)|groupcommit|` +
	`\(\*DB\)\.|lane\.|api\.\(|ServeHTTP|HandleFunc|go\.shape|\.func\d`

// profile profiles the service on PostgreSQL while sixteen users execute walks. It returns the functions that take the
// most time, each with what it calls.
func (b *bench) profile(ctx context.Context) (report, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	address := fmt.Sprintf("127.0.0.1:%d", port)
	s, err := b.onDatabase(ctx, "profile", func(ctx context.Context, name, database string) (*system, error) {
		return b.procedoWith(ctx, name, database, "--pprof", address)
	})
	if err != nil {
		return nil, err
	}
	walk, err := walks(ctx, s, users, fiveSteps)
	if err != nil {
		return nil, err
	}
	work := func() error {
		r, err := b.measure(ctx, s, users, walk)
		if err == nil && r.failed > 0 {
			err = fmt.Errorf("%d walks failed, the first with: %w", r.failed, r.failure)
		}
		return err
	}
	if err := work(); err != nil { // fills the caches
		return nil, err
	}
	file, fetched := filepath.Join(b.folder, "cpu.out"), make(chan error, 1)
	seconds := math.Ceil(b.options.seconds) // with zero, it would take thirty
	profile := fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%.0f", address, seconds)
	go func() { fetched <- fetch(ctx, profile, file) }()
	if err := work(); err != nil {
		return nil, err
	}
	if err := <-fetched; err != nil {
		return nil, err
	}
	top, err := b.runGo(ctx, "tool", "pprof", "-top", "-cum", "-nodecount=40", "-hide="+hidden, file)
	if err != nil {
		return nil, err
	}
	_, lines, _ := strings.Cut(top, "Showing nodes") // without the names of temporary files
	return report{{"profile", "```text\nShowing nodes" + strings.TrimRight(lines, "\n") + "\n```"}}, nil
}

// fetch writes what is at an address into a file.
func fetch(ctx context.Context, address, file string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %s", address, res.Status, body)
	}
	if err != nil {
		return err
	}
	return os.WriteFile(file, body, 0o600)
}
