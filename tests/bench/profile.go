package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// profiler is a file of package main that lets a program write a profile. The program that users get has none.
//
//go:embed profiler.go.txt
var profiler []byte

const (
	profileFile = "cpu.out" // in the folder of the service
	// plumbing matches functions that only call the next one.
	plumbing = `^(main|net|net/http|bufio|internal/poll|syscall)\.|^runtime\.(goexit|main|mcall|systemstack|park_m|` +
		`schedule|gcBg|newobject|makeslice|growslice|\(\*m|mallocgc[ST])|pgxpool|sendBatch|\(\*PgConn\)|groupcommit|` +
		`\(\*DB\)\.|lane\.|api\.\(|ServeHTTP|HandleFunc|go\.shape|\.func\d`
)

// profile profiles the service on PostgreSQL while sixteen users walk, and returns the functions that take the most
// time, with what they call.
func (b *bench) profile(ctx context.Context) (report, error) {
	program, err := b.profiled(ctx)
	if err != nil {
		return nil, err
	}
	database, err := b.postgres.create(ctx, databaseOf("profile"))
	if err != nil {
		return nil, err
	}
	s, err := b.procedoOf(ctx, program, "profile", database)
	if err != nil {
		return nil, err
	}
	walk, err := walks(ctx, s, users, fiveSteps)
	if err != nil {
		return nil, err
	}
	for range 2 { // begins the profile after the first measurement, and ends it after the second
		if _, err := b.measure(ctx, s, users, walk); err != nil {
			return nil, err
		}
		if err := s.command.Process.Signal(syscall.SIGUSR1); err != nil {
			return nil, err
		}
	}
	file := filepath.Join(b.folder, profileFile)
	if err := waitFor(ctx, file); err != nil {
		return nil, err
	}
	top, err := b.runGo(ctx, "tool", "pprof", "-top", "-cum", "-nodecount=40", "-hide="+plumbing, program, file)
	if err != nil {
		return nil, err
	}
	_, lines, _ := strings.Cut(top, "Showing nodes") // without the names of temporary files
	return report{{"profile", "```text\nShowing nodes" + strings.TrimRight(lines, "\n") + "\n```"}}, nil
}

// profiled builds Procedo with the profiler and returns the program.
func (b *bench) profiled(ctx context.Context) (program string, err error) {
	source, overlay := filepath.Join(b.folder, "profiler.go"), filepath.Join(b.folder, "overlay.json")
	program = filepath.Join(b.folder, "profiled")
	text, err := json.Marshal(map[string]any{
		"Replace": map[string]string{filepath.Join(b.root, "cmd", "procedo", "profiler.go"): source},
	})
	if err != nil {
		return "", err
	}
	for name, content := range map[string][]byte{source: profiler, overlay: text} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			return "", err
		}
	}
	_, err = b.runGo(ctx, "build", "-overlay", overlay, "-o", program, "./cmd/procedo")
	return program, err
}

// waitFor waits at most ten seconds until a file exists.
func waitFor(ctx context.Context, file string) error {
	for range 100 {
		if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		rest(ctx, 100*time.Millisecond)
	}
	return fmt.Errorf("%s: not written", file)
}
