package main

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// baselineSchema holds runs with their steps, values, ticks and events, without any rules beyond keys.
const baselineSchema = `
	CREATE TABLE IF NOT EXISTS run (
		id uuid PRIMARY KEY, procedure_id text NOT NULL, user_id text NOT NULL, state text NOT NULL,
		done integer NOT NULL DEFAULT 0, created_at timestamptz NOT NULL DEFAULT now(), closed_at timestamptz
	) WITH (fillfactor = 80);
	CREATE TABLE IF NOT EXISTS step (
		run_id uuid NOT NULL REFERENCES run, step_key text NOT NULL, content jsonb NOT NULL,
		committed_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (run_id, step_key));
	CREATE TABLE IF NOT EXISTS slot_value (
		run_id uuid NOT NULL REFERENCES run, step_key text NOT NULL, slot_name text NOT NULL, value jsonb,
		PRIMARY KEY (run_id, step_key, slot_name));
	CREATE TABLE IF NOT EXISTS item (
		run_id uuid NOT NULL REFERENCES run, step_key text NOT NULL, item_key text NOT NULL, completed boolean NOT NULL,
		completed_at timestamptz, PRIMARY KEY (run_id, step_key, item_key));
	CREATE TABLE IF NOT EXISTS event (
		id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(), actor text NOT NULL,
		action text NOT NULL, entity_type text NOT NULL, entity_id text NOT NULL, payload jsonb NOT NULL);
	CREATE INDEX IF NOT EXISTS event_entity ON event (entity_type, entity_id)`

// The statements of a walk. A commit is one statement, which does nothing if the run is not at its step.
const (
	startRun = `WITH r AS (INSERT INTO run (id, procedure_id, user_id, state) VALUES ($1, $2, $3, 'pending') RETURNING id)
		INSERT INTO event (actor, action, entity_type, entity_id, payload)
		SELECT 'bench', 'run.created', 'run', id::text, '{"state":"pending"}' FROM r`
	commitStep = `WITH r AS (SELECT id FROM run WHERE id = $1 AND done = $2 FOR UPDATE),
		s AS (INSERT INTO step (run_id, step_key, content) SELECT id, $3, $4 FROM r),
		v AS (INSERT INTO slot_value SELECT r.id, $3, name, value FROM r, unnest($5::text[], $6::jsonb[]) AS u (name, value)),
		i AS (INSERT INTO item SELECT r.id, $3, key, ticked, now() FROM r, unnest($7::text[], $8::bool[]) AS u (key, ticked)),
		e AS (INSERT INTO event (actor, action, entity_type, entity_id, payload)
			SELECT 'bench', 'step.committed', 'run', id::text, jsonb_build_object('step', $3::text, 'content', $4::jsonb) FROM r)
		UPDATE run SET done = done + 1, state = $9, closed_at = CASE WHEN $9 = 'completed' THEN now() END
		FROM r WHERE run.id = r.id RETURNING 1`
	readRun = `SELECT jsonb_build_object('id', id, 'procedure_id', procedure_id, 'user_id', user_id, 'state', state,
		'created_at', created_at, 'closed_at', closed_at,
		'steps', (SELECT jsonb_agg(jsonb_build_object('key', step_key, 'content', content, 'committed_at', committed_at)
			ORDER BY committed_at) FROM step WHERE run_id = run.id),
		'checklist', (SELECT jsonb_agg(jsonb_build_object('key', item_key, 'completed', completed, 'at', completed_at))
			FROM item WHERE run_id = run.id))::text FROM run WHERE id = $1`
)

// content is the body of a commit as the baselines read it.
type content struct {
	Slots     map[string]json.RawMessage `json:"slots"`
	Checklist []struct {
		Key       string `json:"key"`
		Completed bool   `json:"completed"`
	} `json:"checklist"`
}

// arguments returns the arguments of commitStep for step number i of n.
func (c content) arguments(run, step string, body []byte, i, n int) []any {
	var names, values, keys []string
	var ticked []bool
	for name, value := range c.Slots {
		names, values = append(names, name), append(values, string(value))
	}
	for _, item := range c.Checklist {
		keys, ticked = append(keys, item.Key), append(ticked, item.Completed)
	}
	state := "in_progress"
	if i == n-1 {
		state = "completed"
	}
	return []any{run, i, step, string(body), names, values, keys, ticked, state}
}

// openBaseline opens a database of a baseline and creates its tables.
func openBaseline(ctx context.Context, database string, conns int) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(database)
	if err != nil {
		return nil, err
	}
	config.MaxConns = int32(conns)
	db, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	_, err = db.Exec(ctx, baselineSchema)
	return db, err
}

// bareWalk returns the walk of a procedure as bare SQL: seven statements, each a transaction and a round trip.
func bareWalk(db *pgxpool.Pool, p procedure) operation {
	contents := make([]content, len(p.commits))
	for i, c := range p.commits {
		if err := json.Unmarshal(c.body, &contents[i]); err != nil {
			panic(err) // the program's own text
		}
	}
	return func(ctx context.Context, _ int, note func(time.Duration)) error {
		id := uuid.Must(uuid.NewV7()).String()
		if _, err := db.Exec(ctx, startRun, id, p.id, "bench"); err != nil {
			return err
		}
		for i, c := range p.commits {
			began, one := time.Now(), 0
			args := contents[i].arguments(id, c.step, c.body, i, len(p.commits))
			if err := db.QueryRow(ctx, commitStep, args...).Scan(&one); err != nil {
				return err
			}
			note(time.Since(began))
		}
		var run string
		return db.QueryRow(ctx, readRun, id).Scan(&run)
	}
}

// send sends statements in one round trip and one transaction, and scans the only column of the last one.
func send(ctx context.Context, db *pgxpool.Pool, b *pgx.Batch, last any) error {
	results := db.SendBatch(ctx, b)
	defer func() { _ = results.Close() }() // does nothing after the Close below
	for range b.Len() - 1 {
		if _, err := results.Exec(); err != nil {
			return err
		}
	}
	if err := results.QueryRow().Scan(last); err != nil {
		return err
	}
	return results.Close()
}
