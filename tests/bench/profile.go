package main

import (
	"context"
	"path/filepath"
	"strings"
)

// profile profiles commits over HTTP and returns the functions that take the most time, with what they call.
func (b *bench) profile(ctx context.Context) (report, error) {
	file := filepath.Join(b.folder, "cpu.out")
	test := filepath.Join(b.folder, "http.test")
	length := "4s"
	if b.options.rounds == 1 {
		length = "1s"
	}
	if _, err := b.runGo(ctx, "test", "-run", "^$", "-bench", "CommitOverHTTP", "-benchtime", length, "-cpuprofile", file,
		"-o", test, "./adapters/http"); err != nil {
		return nil, err
	}
	top, err := b.runGo(ctx, "tool", "pprof", "-top", "-cum", "-nodecount=45", test, file)
	if err != nil {
		return nil, err
	}
	_, lines, _ := strings.Cut(top, "Showing nodes") // without the names of temporary files
	return report{{"profile", "```text\nShowing nodes" + strings.TrimRight(lines, "\n") + "\n```"}}, nil
}
