package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/storage"
)

var (
	// selectStaleRuns returns the runs with a sensitive value that is in clear, or encrypted with another key.
	selectStaleRuns = prepare(raw(`
		SELECT DISTINCT run_id::text AS run_id FROM run_slot_values
		WHERE (#after = '' OR run_slot_values.run_id > nullif(#after, '')::uuid)
			AND digest IS NOT NULL AND erased_at IS NULL
			AND (sealed IS NULL OR substring(sealed FROM 1 FOR length(#prefix::bytea)) <> #prefix::bytea)
		ORDER BY run_id LIMIT #number`))

	selectPrefixes = prepare(raw(`
		SELECT DISTINCT substring(sealed FROM 1 FOR #size::integer) FROM run_slot_values WHERE sealed IS NOT NULL`))

	lockRuns = prepare(raw(`
		WITH locked AS (
			SELECT id, head_hash FROM runs WHERE id = ANY(#ids::uuid[]) ORDER BY runs.id FOR NO KEY UPDATE
		)
		SELECT id::text FROM locked WHERE ` + holdHeads("locked")))
)

// Reseal encrypts stored values again, as storage.Resealer says. The runs are locked, so that no value is replaced
// meanwhile.
func (s Runs) Reseal(ctx context.Context, after string, prefix []byte) (done storage.Resealed, err error) {
	var ids []string
	q := selectStaleRuns.Bind(args{"after": after, "prefix": prefix, "number": storage.ResealedRuns})
	if err := s.DB.queryOn(ctx, s.DB.scans, q, func(rows pgx.Rows) error {
		var id string
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	}); err != nil || len(ids) == 0 {
		return done, err
	}
	err = s.DB.inTransaction(ctx, s.DB.writes.forLargest(), func(ctx context.Context, tx pgx.Tx) error {
		done = storage.Resealed{Last: ids[len(ids)-1]}
		var reads pgx.Batch
		stored := make([]storage.RunRows, len(ids))
		queueRows(&reads, lockRuns.Bind(args{"ids": ids}), func(pgx.Rows) error { return nil })
		for i, id := range ids {
			queueReads(&reads, id, &stored[i])
		}
		if err := s.DB.sendOn(ctx, tx, startWith(s.DB.writes.prelude, &reads)); err != nil {
			return err
		}
		writes, err := s.resealed(ctx, stored, prefix, &done)
		if err != nil {
			return err
		}
		return s.DB.sendOn(ctx, tx, writes)
	})
	return done, translate(err)
}

// resealed returns the statements that encrypt again the values of runs.
func (s Runs) resealed(
	ctx context.Context, runs []storage.RunRows, prefix []byte, done *storage.Resealed,
) (*pgx.Batch, error) {
	var writes []*runWrite
	for i := range runs {
		if !runs[i].Found {
			continue
		}
		changes, err := runs[i].Reseal(ctx, s.Definitions, s.Secrets, prefix, done)
		if err != nil {
			return nil, err
		}
		id, err := uuid.Parse(runs[i].Own.ID)
		if err != nil {
			return nil, err
		}
		w := &runWrite{RunWrite: storage.RunWrite{Row: runs[i].Own, Rows: changes}, id: id}
		w.encoded = encodeChange(w)
		writes = append(writes, w)
	}
	var b pgx.Batch
	queueOwned(&b, writes)
	return &b, nil
}

// Prefixes returns the first bytes of the encrypted values, each once.
func (s Runs) Prefixes(ctx context.Context, size int) (all [][]byte, err error) {
	q := selectPrefixes.Bind(args{"size": size})
	err = s.DB.queryOn(ctx, s.DB.scans, q, func(rows pgx.Rows) error {
		var prefix []byte
		err := rows.Scan(&prefix)
		all = append(all, prefix)
		return err
	})
	return all, translate(err)
}
