package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// fiveSteps is the procedure of the comparison: five steps with four slots and two checklist items each.
var fiveSteps = newProcedure("bench-five-steps", 5, 4)

// job is one line of the comparison.
type job struct {
	kind   string // such as walk@16
	system *system
	users  int
	do     operation
}

func (j job) name() string { return j.kind + " " + j.system.name }

// compare measures all systems in turn and returns the table and the ratios.
func (b *bench) compare(ctx context.Context) (report, error) {
	jobs, err := b.jobs(ctx)
	if err != nil {
		return nil, err
	}
	jobs = slices.DeleteFunc(jobs, func(j job) bool { return !b.options.wants(j) })
	results, err := b.inTurn(ctx, jobs)
	if err != nil {
		return nil, err
	}
	rows, rates := [][]string{resultHead("what")}, map[string]result{}
	for i, j := range jobs {
		m := median(results[i])
		rates[j.name()] = m
		rows = append(rows, m.row(j.name()))
		if m.failed > 0 {
			fmt.Fprintf(os.Stderr, "%s: %d failed, first: %v\n", j.name(), m.failed, m.failure)
		}
	}
	return report{{"comparison", table(rows)}, {"ratios", b.ratios(rates)}}, nil
}

// wants reports whether --only names the job, the first word of its kind, or its system.
func (o options) wants(j job) bool {
	first, _, _ := strings.Cut(j.kind, " ")
	return len(o.only) == 0 || slices.ContainsFunc([]string{first, j.kind, j.system.name, j.name()}, func(name string) bool {
		return slices.Contains(o.only, name)
	})
}

// inTurn measures each job once a round, in the opposite order every other round.
func (b *bench) inTurn(ctx context.Context, jobs []job) ([][]result, error) {
	results := make([][]result, len(jobs))
	for round := range b.options.rounds {
		for n := range jobs {
			i := n
			if round%2 == 1 {
				i = len(jobs) - 1 - n
			}
			r, err := b.measure(ctx, jobs[i].system, jobs[i].users, jobs[i].do)
			if err != nil {
				return nil, err
			}
			fmt.Fprintf(os.Stderr, "round %d: %s: %.1f/s\n", round+1, jobs[i].name(), r.rate)
			results[i] = append(results[i], r)
		}
	}
	return results, nil
}

// resultHead returns the head of a table of results.
func resultHead(first string) []string {
	return []string{first, "rate/s", "p99 ms", "CPU-ms: service", "Postgres", "client", "RSS MB", "WAL KB", "failed"}
}

func (r result) row(name string) []string {
	shown := func(format string, value float64) string {
		if value == 0 {
			return "–"
		}
		return fmt.Sprintf(format, value)
	}
	return []string{
		name, shown("%.1f", r.rate), shown("%.1f", r.p99), shown("%.2f", r.service), shown("%.2f", r.postgres),
		shown("%.2f", r.client), shown("%.0f", r.rss), shown("%.1f", r.wal), fmt.Sprint(r.failed),
	}
}

// jobs starts the systems and returns the jobs.
func (b *bench) jobs(ctx context.Context) (jobs []job, err error) {
	bare, err := b.postgres.create(ctx, databaseOf("bare"))
	if err != nil {
		return nil, err
	}
	db, err := openBaseline(ctx, bare, slices.Max(b.options.conns))
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, db.Close)
	skeleton, err := b.onDatabase(ctx, "skeleton", b.baseline)
	if err != nil {
		return nil, err
	}
	procedo, err := b.onDatabase(ctx, "postgres", b.procedo)
	if err != nil {
		return nil, err
	}
	sqlite, err := b.procedo(ctx, "sqlite", "sqlite:"+filepath.Join(b.folder, "procedo.db"))
	if err != nil {
		return nil, err
	}
	for _, n := range b.options.conns {
		kind := fmt.Sprintf("walk@%d", n)
		jobs = append(jobs, job{kind, &system{name: "bare"}, n, bareWalk(db, fiveSteps)})
		for _, s := range []*system{skeleton, procedo, sqlite} {
			walk, err := walks(ctx, s, n, fiveSteps)
			if err != nil {
				return nil, err
			}
			jobs = append(jobs, job{kind, s, n, walk})
		}
	}
	reads, err := b.readJobs(ctx, procedo)
	return append(jobs, reads...), err
}

// onDatabase starts a system on a database of its own that has its name.
func (b *bench) onDatabase(
	ctx context.Context, name string, start func(context.Context, string, string) (*system, error),
) (*system, error) {
	database, err := b.postgres.create(ctx, databaseOf(name))
	if err != nil {
		return nil, err
	}
	return start(ctx, name, database)
}

// walks creates a procedure in a service and returns its walk over HTTP.
func walks(ctx context.Context, s *system, users int, p procedure) (operation, error) {
	return walksOver(ctx, newClient(users, s.base), p)
}

// walksOver is like walks, with a client.
func walksOver(ctx context.Context, c client, p procedure) (operation, error) {
	return func(ctx context.Context, _ int, note func(time.Duration)) error {
		_, err := c.walk(ctx, p, note)
		return err
	}, c.create(ctx, p)
}

// readers is the number of users who read at the same time.
const readers = 16

// readJobs returns the jobs of hot reads: of one run and of one procedure, with the reference that answers with the
// bytes of the same run.
func (b *bench) readJobs(ctx context.Context, procedo *system) ([]job, error) {
	c := newClient(1, procedo.base)
	id, err := c.walk(ctx, fiveSteps, func(time.Duration) {})
	if err != nil {
		return nil, err
	}
	body, err := c.call(ctx, http.MethodGet, "/runs/"+id, nil, http.StatusOK)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(b.folder, "body.json")
	if err := os.WriteFile(file, body, 0o600); err != nil {
		return nil, err
	}
	if err := os.Setenv(bodyVariable, file); err != nil {
		return nil, err
	}
	reference, err := b.onDatabase(ctx, "reference", b.baseline)
	if err != nil {
		return nil, err
	}
	withToken, err := b.tokenJob(ctx, id)
	if err != nil {
		return nil, err
	}
	return []job{
		withToken,
		{"read@16", reference, readers, reads(newClient(readers, reference.base), "/runs/"+hotRun)},
		{"read@16 run", procedo, readers, reads(newClient(readers, procedo.base), "/runs/"+id)},
		{"read@16 procedure", procedo, readers, reads(newClient(readers, procedo.base), "/procedures/"+fiveSteps.id)},
	}, nil
}

// reads returns the operation that reads a path.
func reads(c client, path string) operation {
	return func(ctx context.Context, _ int, note func(time.Duration)) error {
		began := time.Now()
		_, err := c.call(ctx, http.MethodGet, path, nil, http.StatusOK)
		note(time.Since(began))
		return err
	}
}

// ratios returns the ratios of the rates as a list.
func (b *bench) ratios(m map[string]result) string {
	var lines []string
	add := func(a, of string) {
		if m[a].rate > 0 && m[of].rate > 0 {
			lines = append(lines, fmt.Sprintf("* %s / %s: %.2f", a, of, m[a].rate/m[of].rate))
		}
	}
	for _, n := range b.options.conns {
		walk := fmt.Sprintf("walk@%d ", n)
		add(walk+"postgres", walk+"bare")
		add(walk+"postgres", walk+"skeleton")
		add(walk+"sqlite", walk+"skeleton")
	}
	add("read@16 run postgres", "read@16 reference")
	add("read@16 run token", "read@16 run postgres")
	add("read@16 procedure postgres", "read@16 reference")
	return strings.Join(lines, "\n")
}
