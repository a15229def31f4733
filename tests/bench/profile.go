package main

import (
	"context"
	"path/filepath"
	"strings"
)

const (
	// focus keeps commits and the garbage collector, and leaves out how the benchmark prepares its runs.
	focus = `CommitStep|gcBgMarkWorker`
	// plumbing matches functions that only call the next one, and the inside of the database.
	plumbing = `^(net/http|testing|database/sql)\.|api\.\(|ServeHTTP|HandleFunc|middleware|go\.shape|\.func\d|` +
		`sqlite/lib\.|libc\.|syscall\.(Raw)?Syscall|sqlite\.\(\*(stmt|tx|conn)\)`
)

// profile profiles commits over HTTP and returns the functions that take the most time, with what they call.
func (b *bench) profile(ctx context.Context) (report, error) {
	file := filepath.Join(b.folder, "cpu.out")
	test := filepath.Join(b.folder, "http.test")
	if _, err := b.runGo(ctx, "test", "-run", "^$", "-bench", "CommitOverHTTP", "-benchtime", "5s", "-cpuprofile", file,
		"-o", test, "./adapters/http"); err != nil {
		return nil, err
	}
	top, err := b.runGo(ctx, "tool", "pprof", "-top", "-cum", "-nodecount=40", "-focus="+focus, "-hide="+plumbing,
		test, file)
	if err != nil {
		return nil, err
	}
	_, lines, _ := strings.Cut(top, "Showing nodes") // without the names of temporary files
	return report{{"profile", "```text\nShowing nodes" + strings.TrimRight(lines, "\n") + "\n```"}}, nil
}
