package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
)

// growth measures how the cost of a walk grows with the runs in the database, and with the steps and slots of a
// procedure.
func (b *bench) growth(ctx context.Context) (r report, err error) {
	for _, part := range []func(context.Context) (figure, error){b.manyRuns, b.manySteps} {
		f, err := part(ctx)
		if err != nil {
			return nil, err
		}
		r = append(r, f)
	}
	return r, nil
}

// users is the number of users whose walks are measured here.
const users = 16

// manyRuns compares walks on an empty database with walks on one that holds many runs.
func (b *bench) manyRuns(ctx context.Context) (figure, error) {
	empty, err := b.onDatabase(ctx, "empty", b.procedo)
	if err != nil {
		return figure{}, err
	}
	filled, err := b.onDatabase(ctx, "filled", b.procedo)
	if err != nil {
		return figure{}, err
	}
	var jobs []job
	for _, s := range []*system{empty, filled} {
		walk, err := walks(ctx, s, users, fiveSteps)
		if err != nil {
			return figure{}, err
		}
		jobs = append(jobs, job{"walk@16", s, users, walk})
	}
	text, err := b.fill(ctx, filled)
	if err != nil {
		return figure{}, err
	}
	results, err := b.inTurn(ctx, jobs)
	if err != nil {
		return figure{}, err
	}
	rows := [][]string{resultHead("walk at 16 connections")}
	rates := make([]float64, len(jobs))
	for i, name := range []string{"empty database", fmt.Sprintf("%d runs", b.options.runs)} {
		m := median(results[i])
		rates[i], rows = m.rate, append(rows, m.row(name))
	}
	text += table(rows) + fmt.Sprintf("\nFilled / empty: %.2f", rates[1]/rates[0])
	empty.stop()
	filled.stop()
	return figure{"runs", text}, nil
}

// fill fills the database of a service, verifies some of the runs, and returns a text about it.
func (b *bench) fill(ctx context.Context, s *system) (text string, err error) {
	c := newClient(1, s.base)
	id, err := c.start(ctx, fiveSteps)
	if err == nil {
		err = c.commit(ctx, fiveSteps, id, 2, func(time.Duration) {})
	}
	if err != nil {
		return "", err
	}
	db, err := pgx.Connect(ctx, b.postgres.url(databaseOf(s.name)))
	if err != nil {
		return "", err
	}
	defer func() { _ = db.Close(ctx) }()
	f, err := newFiller(ctx, db, id)
	if err != nil {
		return "", err
	}
	began := time.Now()
	sample, err := f.fill(ctx, b.options.runs)
	if err != nil {
		return "", err
	}
	took := time.Since(began).Round(time.Second)
	return fmt.Sprintf("%d runs with %d events were generated in %s; the trails of %d of them were verified.\n\n",
		b.options.runs, b.options.runs*len(f.trail), took, len(sample)), b.verify(ctx, c, s, sample)
}

// smallEnough is the greatest number of runs with which the whole database is verified.
const smallEnough = 20_000

// verify verifies the bundles of runs and, if it is small, the whole database. It returns an error if there are
// findings.
func (b *bench) verify(ctx context.Context, c client, s *system, runs []string) error {
	var commands [][]string
	for _, id := range runs {
		bundle, err := c.call(ctx, http.MethodGet, "/runs/"+id+"/bundle", nil, http.StatusOK)
		if err != nil {
			return err
		}
		file := filepath.Join(b.folder, id+".json")
		if err := os.WriteFile(file, bundle, 0o600); err != nil {
			return err
		}
		commands = append(commands, []string{"audit", "verify", file})
	}
	if b.options.runs <= smallEnough {
		commands = append(commands, []string{"audit", "verify", "--database-url", b.postgres.url(databaseOf(s.name))})
	}
	for _, args := range commands {
		if output, err := exec.CommandContext(ctx, b.program, args...).CombinedOutput(); err != nil {
			return fmt.Errorf("the generated runs do not verify: %w\n%.2000s", err, output)
		}
	}
	return nil
}

// manySteps measures walks of procedures with other numbers of steps and slots. Costs are for each commit.
func (b *bench) manySteps(ctx context.Context) (figure, error) {
	s, err := b.onDatabase(ctx, "sizes", b.procedo)
	if err != nil {
		return figure{}, err
	}
	defer s.stop()
	rows := [][]string{{"steps × slots", "p99 ms", "CPU-ms a commit: service", "Postgres", "WAL KB", "failed"}}
	for _, size := range [][2]int{{2, 4}, {5, 4}, {20, 4}, {50, 4}, {5, 1}, {5, 16}, {5, 64}} {
		p := newProcedure(fmt.Sprintf("steps-%d-slots-%d", size[0], size[1]), size[0], size[1])
		walk, err := walks(ctx, s, users, p)
		if err != nil {
			return figure{}, err
		}
		r, err := b.measure(ctx, s, users, walk)
		if err != nil {
			return figure{}, err
		}
		rows = append(rows, []string{
			fmt.Sprintf("%d × %d", size[0], size[1]), fmt.Sprintf("%.1f", r.p99), fmt.Sprintf("%.2f", r.service*r.share),
			fmt.Sprintf("%.2f", r.postgres*r.share), fmt.Sprintf("%.1f", r.wal*r.share), fmt.Sprint(r.failed),
		})
	}
	return figure{"steps", table(rows)}, nil
}
