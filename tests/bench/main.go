// Command bench measures Procedo on this machine beside baselines that do the same work without any rules: bare SQL, a
// skeleton of the service, and a primary-key lookup for hot reads. It starts everything itself: a PostgreSQL server,
// the baselines and Procedo on PostgreSQL and SQLite. The systems take turns, so that a busy machine slows all alike.
// With --record it writes its figures into docs/performance.md.
//
// Trust, in this order: CPU milliseconds an operation, ratios of one run, and rates.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// options are the flags of the program.
type options struct {
	seconds  float64  // length of one measurement
	rounds   int      // measurements of each system, of which the median is shown
	conns    []int    // connections of the walks
	only     []string // names of jobs or systems to measure; empty for all
	sections []string // parts of the program to run
	runs     int      // runs in the filled database
	serve    []string // further arguments of procedo serve
	record   string   // file whose figures are replaced; empty for none
}

// sections are the parts of the program, in the order in which they run.
var sections = []string{"compare", "growth", "replicas", "go", "profile"}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run runs one of the baseline servers, which the program starts as processes of their own, or the benchmark.
func run(ctx context.Context, args []string) error {
	if len(args) == 3 && args[0] == "skeleton" {
		return serveSkeleton(ctx, args[1], args[2])
	}
	if len(args) == 3 && args[0] == "reference" {
		return serveReference(ctx, args[1], args[2])
	}
	o, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	return o.run(ctx)
}

func parse(args []string) (o options, err error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	short := flags.Bool("short", false, "one round of two seconds and a small database: about three minutes in all")
	flags.Float64Var(&o.seconds, "seconds", 4, "seconds of one measurement")
	flags.IntVar(&o.rounds, "rounds", 3, "measurements of each system; the median is shown")
	flags.IntVar(&o.runs, "runs", 100_000, "runs in the filled database (each with six events)")
	flags.StringVar(&o.record, "record", "", "write the figures into this file, between its markers")
	conns := flags.String("conns", "1,16,64", "connections of the walks")
	only := flags.String("only", "", "measure only these, such as walk@16, read@16, skeleton, postgres, sqlite")
	parts := flags.String("sections", strings.Join(sections, ","), "parts to run")
	serve := flags.String("serve", "", "further arguments of procedo serve")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if *short {
		o.seconds, o.rounds, o.runs = 2, 1, 10_000
	}
	o.only, o.serve, o.sections = list(*only), strings.Fields(*serve), list(*parts)
	for _, text := range list(*conns) {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return o, fmt.Errorf("--conns: %q is not a number of connections", text)
		}
		o.conns = append(o.conns, n)
	}
	for _, s := range o.sections {
		if !slices.Contains(sections, s) {
			return o, fmt.Errorf("--sections: %q is none of %s", s, strings.Join(sections, ", "))
		}
	}
	if o.seconds <= 0 || o.rounds < 1 || o.runs < 1 || flags.NArg() > 0 {
		return o, errors.New("--seconds, --rounds and --runs must be positive, and there are no arguments")
	}
	return o, nil
}

// list splits a list at its commas.
func list(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' })
}

// run runs the chosen parts and writes their figures to the standard output and, if asked, into the record.
func (o options) run(ctx context.Context) error {
	b, err := start(ctx, o)
	if err != nil {
		return err
	}
	defer b.stop() //nolint:contextcheck // it must also stop the servers when the context has ended
	began := time.Now()
	figures := report{{"machine", b.machine()}}
	for _, part := range []struct {
		name string
		run  func(context.Context) (report, error)
	}{
		{"compare", b.compare}, {"growth", b.growth}, {"replicas", b.replicas}, {"go", b.goBenchmarks},
		{"profile", b.profile},
	} {
		if !slices.Contains(o.sections, part.name) {
			continue
		}
		line := b.circumstances(part.name)
		measured, err := part.run(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
		for _, f := range measured.withLine(line) {
			fmt.Printf("\n%s\n\n%s\n", f.name, f.text)
		}
		figures = append(figures, measured...)
	}
	fmt.Printf("\n%s in all\n", time.Since(began).Round(time.Second))
	if o.record == "" {
		return nil
	}
	return figures.write(o.record)
}
