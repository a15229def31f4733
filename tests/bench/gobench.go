package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
)

// benchmarked are the packages whose Go benchmarks are run: those of the core and its adapters. Benchmarks that build a
// large database first are left to go test -bench.
var benchmarked = []string{
	"./core/...", "./adapters/cel", "./adapters/http", "./adapters/caching", "./adapters/memory", "./adapters/sqlite",
}

// resultLine is a line of go test -bench -benchmem.
var resultLine = regexp.MustCompile(`^(Benchmark\S+?)(?:-\d+)?\s+\d+\s+([0-9.]+) ns/op.*?\s(\d+) B/op\s+(\d+) allocs/op`)

// goBenchmarks runs the benchmarks of the packages and returns their figures.
func (b *bench) goBenchmarks(ctx context.Context) (report, error) {
	length := "300ms"
	if b.options.rounds == 1 {
		length = "20ms"
	}
	// With -p 1, no package is built while the benchmarks of another one run.
	args := append([]string{"test", "-p", "1", "-run", "^$", "-bench", ".", "-benchmem", "-benchtime", length}, benchmarked...)
	output, err := b.runGo(ctx, args...)
	if err != nil {
		return nil, err
	}
	rows := [][]string{{"benchmark", "µs", "bytes", "allocations"}}
	folder := ""
	for line := range strings.Lines(output) {
		if name, ok := strings.CutPrefix(line, "pkg: github.com/procedo/procedo/"); ok {
			folder = strings.TrimSpace(name)
		}
		if m := resultLine.FindStringSubmatch(line); m != nil {
			var nanoseconds float64
			_, _ = fmt.Sscan(m[2], &nanoseconds)
			name := folder + " " + strings.TrimPrefix(m[1], "Benchmark")
			rows = append(rows, []string{name, fmt.Sprintf("%.2f", nanoseconds/1000), m[3], m[4]})
		}
	}
	if len(rows) == 1 {
		return nil, fmt.Errorf("no benchmarks in the output: %s", output)
	}
	return report{{"benchmarks", table(rows)}}, nil
}

// runGo runs the go command in the folder of the module and returns its output.
func (b *bench) runGo(ctx context.Context, args ...string) (string, error) {
	command := exec.CommandContext(ctx, "go", args...)
	var output bytes.Buffer
	command.Dir, command.Stdout, command.Stderr = b.root, &output, os.Stderr
	if err := command.Run(); err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", args[0], err, output.String())
	}
	return output.String(), nil
}
