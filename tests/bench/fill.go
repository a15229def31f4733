package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// filler copies a run many times within a database: its rows in every table, and its trail with new hashes, so that
// each copy satisfies every constraint and verifies.
type filler struct {
	db     *pgx.Conn
	run    string   // id of the run
	trail  []string // the bytes that its events hash, in order
	hashes []string // of its events
	tables []copied
}

// copied holds the rows of a run in one table, as the text of COPY. The texts between the places at which the id or a
// hash stands are constant.
type copied struct {
	name  string
	texts []string
	holes []int // after each text but the last: 0 for the id, n for the hash of event n
}

// batch is the number of runs that are copied in one transaction.
const batch = 1000

// newFiller reads the rows of a run.
func newFiller(ctx context.Context, db *pgx.Conn, run string) (*filler, error) {
	f := &filler{db: db, run: run}
	rows, err := db.Query(ctx, `SELECT canonical, hash FROM audit_events
		WHERE entity_type = 'run' AND entity_id = $1 ORDER BY seq`, run)
	if err != nil {
		return nil, err
	}
	var canonical, hash string
	if _, err := pgx.ForEachRow(rows, []any{&canonical, &hash}, func() error {
		f.trail, f.hashes = append(f.trail, canonical), append(f.hashes, hash)
		return nil
	}); err != nil {
		return nil, err
	}
	tables, err := f.tablesOfRuns(ctx)
	if err != nil {
		return nil, err
	}
	for table, condition := range tables {
		var text bytes.Buffer
		query := fmt.Sprintf("COPY (SELECT * FROM %s WHERE %s = '%s') TO STDOUT", table, condition, run)
		if _, err := db.PgConn().CopyTo(ctx, &text, query); err != nil {
			return nil, err
		}
		f.tables = append(f.tables, f.split(table, text.String()))
	}
	// Rows of runs and run_steps come first, since others refer to them.
	rank := func(c copied) int { return slices.Index([]string{"run_steps", "runs"}, c.name) }
	slices.SortFunc(f.tables, func(a, b copied) int { return rank(b) - rank(a) })
	return f, nil
}

// tablesOfRuns returns the tables with rows of runs, each with the column that holds the id of the run.
func (f *filler) tablesOfRuns(ctx context.Context) (map[string]string, error) {
	ofEntity := "entity_type = 'run' AND entity_id"
	tables := map[string]string{"runs": "id", "audit_events": ofEntity, "audit_feed": ofEntity}
	rows, err := f.db.Query(ctx, `SELECT table_name FROM information_schema.columns
		JOIN information_schema.tables USING (table_schema, table_name)
		WHERE table_schema = 'public' AND column_name = 'run_id' AND table_type = 'BASE TABLE'
			AND table_name <> 'idempotency_keys'`)
	if err != nil {
		return nil, err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	for _, name := range names {
		tables[name] = "run_id"
	}
	return tables, err
}

// split finds the places of the id and of the hashes in the text of a table.
func (f *filler) split(table, text string) copied {
	c := copied{name: table}
	marks := append([]string{f.run}, f.hashes...)
	for {
		first, hole := len(text), -1
		for i, mark := range marks {
			if at := strings.Index(text, mark); at >= 0 && at < first {
				first, hole = at, i
			}
		}
		if c.texts = append(c.texts, text[:first]); hole < 0 {
			return c
		}
		c.holes, text = append(c.holes, hole), text[first+len(marks[hole]):]
	}
}

// fill makes n copies of the run and returns some of their ids.
func (f *filler) fill(ctx context.Context, n int) (sample []string, err error) {
	for done := 0; done < n; done += batch {
		size := min(batch, n-done)
		buffers := make([]bytes.Buffer, len(f.tables))
		for i := range size {
			id := uuid.Must(uuid.NewV7()).String()
			if i == 0 && done%max(n/10, batch) < batch {
				sample = append(sample, id)
			}
			f.add(id, buffers)
		}
		if err := f.send(ctx, buffers); err != nil {
			return nil, err
		}
	}
	_, err = f.db.Exec(ctx, "VACUUM ANALYZE")
	return sample, err
}

// add adds the rows of a copy with the given id.
func (f *filler) add(id string, buffers []bytes.Buffer) {
	values := []string{id}
	var previous [sha256.Size]byte
	for _, canonical := range f.trail {
		previous = sha256.Sum256(slices.Concat(previous[:], []byte(strings.ReplaceAll(canonical, f.run, id))))
		values = append(values, hex.EncodeToString(previous[:]))
	}
	for i, t := range f.tables {
		for j, text := range t.texts {
			buffers[i].WriteString(text)
			if j < len(t.holes) {
				buffers[i].WriteString(values[t.holes[j]])
			}
		}
	}
}

// send stores the rows of a batch in one transaction.
func (f *filler) send(ctx context.Context, buffers []bytes.Buffer) error {
	return pgx.BeginFunc(ctx, f.db, func(tx pgx.Tx) error {
		for i, t := range f.tables {
			if _, err := tx.Conn().PgConn().CopyFrom(ctx, &buffers[i], "COPY "+t.name+" FROM STDIN"); err != nil {
				return fmt.Errorf("copy to %s: %w", t.name, err)
			}
		}
		return nil
	})
}
