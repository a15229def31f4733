package sqlite

import (
	"context"
	"database/sql"

	. "github.com/go-jet/jet/v2/sqlite" //nolint:staticcheck // go-jet is designed for dot imports

	"github.com/procedo/procedo/adapters/storage"
)

var (
	// selectStaleRuns returns the runs with a sensitive value that is in clear, or encrypted with another key.
	selectStaleRuns = prepare(RawStatement(storage.Named(`
		SELECT DISTINCT run_id FROM run_slot_values
		WHERE run_id > #after AND digest IS NOT NULL AND erased_at IS NULL
			AND (sealed IS NULL OR substr(sealed, 1, length(#prefix)) <> #prefix)
		ORDER BY run_id LIMIT #number`)))

	selectPrefixes = prepare(RawStatement(storage.Named(`
		SELECT DISTINCT substr(sealed, 1, #size) FROM run_slot_values WHERE sealed IS NOT NULL`)))
)

// Reseal encrypts stored values again, as storage.Resealer says.
func (s Runs) Reseal(ctx context.Context, after string, prefix []byte) (done storage.Resealed, err error) {
	err = s.DB.inTransaction(ctx, s.DB.write, func(t tx) error {
		ids, err := staleRuns(ctx, t, after, prefix)
		for _, id := range ids {
			stored, err := readRun(ctx, t, id)
			if err != nil {
				return err
			}
			changes, err := stored.Reseal(ctx, s.Definitions, s.Secrets, prefix, &done)
			if err != nil {
				return err
			}
			if err := writeRows(ctx, t, id, changes); err != nil {
				return err
			}
			done.Last = id
		}
		return err
	})
	return done, translate(err)
}

func staleRuns(ctx context.Context, t tx, after string, prefix []byte) (ids []string, err error) {
	q := selectStaleRuns.Bind(args{"after": after, "prefix": prefix, "number": storage.ResealedRuns})
	err = t.query(ctx, q, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids, err
}

// Prefixes returns the first bytes of the encrypted values, each once.
func (s Runs) Prefixes(ctx context.Context, size int) (all [][]byte, err error) {
	err = s.DB.query(ctx, selectPrefixes.Bind(args{"size": size}), func(rows *sql.Rows) error {
		var prefix []byte
		err := rows.Scan(&prefix)
		all = append(all, prefix)
		return err
	})
	return all, translate(err)
}
