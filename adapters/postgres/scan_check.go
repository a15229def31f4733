package postgres

import (
	"context"
	"slices"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet is designed for dot imports
	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/schema"
)

// The queries that check the whole database. They return zero values instead of NULL. Only a damaged database has NULL
// in these columns.
var (
	// selectFeed returns the columns of an audit.FeedEntry. Misplaced is true for a position that no transaction has
	// reached yet. Unsettled is true if an open transaction may still add an entry with a lower position.
	selectFeed = prepare(RawStatement(`
		SELECT coalesce(position, 0), coalesce(entity_type, ''), coalesce(entity_id, ''), coalesce(first_seq, 0),
			coalesce(last_seq, 0), coalesce(position >= (
				SELECT base + pg_snapshot_xmax(pg_current_snapshot())::text::bigint FROM audit_feed_origin
			), true), coalesce(position >= (
				SELECT base + pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM audit_feed_origin
			), true)
		FROM audit_feed ORDER BY position, entity_type, entity_id, last_seq`))

	// selectEntitySeqs returns the type, the id and the last sequence number of each run, procedure and checkpoint.
	selectEntitySeqs = prepare(RawStatement(`
		SELECT 'run', coalesce(id::text, ''), coalesce(seq, 0) FROM runs
		UNION ALL SELECT 'procedure', coalesce(id, ''), coalesce(seq, 0) FROM procedures
		UNION ALL SELECT 'checkpoint', coalesce(number::text, ''), coalesce(number, 0) FROM audit_checkpoints`))

	selectOrphans = prepare(RawStatement(schema.Orphans))
)

// FeedAndRows calls onEntry for every entry of the feed. Then it calls onRow for every run, procedure and checkpoint,
// with the sequence number in its row. It reads everything from one snapshot.
func (s Scan) FeedAndRows(
	ctx context.Context, onEntry func(audit.FeedEntry) error, onRow func(audit.Entity, int64) error,
) error {
	once := s.DB.scans
	once.again = isUnsent
	return translate(s.DB.read(ctx, once, func(b *pgx.Batch) {
		queueRows(b, selectFeed.Bind(nil), func(rows pgx.Rows) error {
			var e audit.FeedEntry
			err := rows.Scan(
				&e.Position, &e.Entity.Type, &e.Entity.ID, &e.First, &e.Seq, &e.Misplaced, &e.Unsettled,
			)
			if err != nil {
				return err
			}
			return onEntry(e)
		})
		queueRows(b, selectEntitySeqs.Bind(nil), func(rows pgx.Rows) error {
			var entity audit.Entity
			var seq int64
			if err := rows.Scan(&entity.Type, &entity.ID, &seq); err != nil {
				return err
			}
			return onRow(entity, seq)
		})
	}))
}

// Orphans finds rows that belong to an entity that does not exist. It calls fn with the missing entity and the name of
// the table that holds the rows.
func (s Scan) Orphans(ctx context.Context, fn func(audit.Entity, string)) error {
	return s.DB.queryOn(ctx, s.DB.scans, selectOrphans.Bind(nil), func(rows pgx.Rows) error {
		var owner audit.Entity
		var table string
		if err := rows.Scan(&owner.Type, &owner.ID, &table); err != nil {
			return err
		}
		fn(owner, table)
		return nil
	})
}

// DefinitionRows returns copies of the given tables, filled with the rows that are stored for one version. It reads the
// rows in one round trip.
func (s Scan) DefinitionRows(
	ctx context.Context, id string, version int, tables []projection.Table,
) ([]projection.Table, error) {
	stored := slices.Clone(tables)
	err := s.DB.read(ctx, s.DB.snapshots, func(b *pgx.Batch) {
		for i, t := range tables {
			stored[i].Rows = nil
			t.Columns = slices.Clone(t.Columns)
			for j, c := range t.Columns {
				if c == "metadata" {
					t.Columns[j] = "metadata::text"
				}
			}
			q := build(RawStatement(
				"SELECT "+t.ColumnList()+" FROM "+t.Name+" WHERE procedure_id = #id AND version = #version",
				RawArgs{"#id": id, "#version": version}))
			queueRows(b, q, func(rows pgx.Rows) error {
				row, err := rows.Values()
				stored[i].Rows = append(stored[i].Rows, row)
				return err
			})
		}
	})
	return stored, translate(err)
}
