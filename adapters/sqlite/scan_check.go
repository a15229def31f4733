package sqlite

import (
	"context"
	"database/sql"
	"slices"

	. "github.com/go-jet/jet/v2/sqlite" //nolint:staticcheck // go-jet is designed for dot imports

	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/projection"
	"github.com/procedo/procedo/schema"
)

// The queries that check the whole database. They return zero values instead of NULL. Only a damaged database has NULL
// in these columns.
var (
	selectFeed = prepare(SELECT(
		COALESCE(feed.Position, Int(0)), COALESCE(feed.EntityType, String("")), COALESCE(feed.EntityID, String("")),
		COALESCE(feed.FirstSeq, Int(0)), COALESCE(feed.LastSeq, Int(0)),
		RawInt("(SELECT coalesce(max(base), 0) FROM audit_feed_origin)"),
	).FROM(feed).ORDER_BY(feed.Position, feed.EntityType, feed.EntityID, feed.LastSeq))

	// selectEntitySeqs returns the type, the id and the last sequence number of each run, procedure and checkpoint.
	selectEntitySeqs = prepare(RawStatement(`
		SELECT 'run', coalesce(id, ''), coalesce(seq, 0) FROM runs
		UNION ALL SELECT 'procedure', coalesce(id, ''), coalesce(seq, 0) FROM procedures
		UNION ALL SELECT 'checkpoint', coalesce(CAST(number AS TEXT), ''), coalesce(number, 0) FROM audit_checkpoints`))

	selectOrphans = prepare(RawStatement(schema.Orphans))
)

// FeedAndRows calls onEntry for every entry of the feed. Then it calls onRow for every run, procedure and checkpoint,
// with the sequence number in its row. It reads everything from one snapshot. Positions that SQLite assigned have no
// gaps, so an entry after a gap is marked as misplaced.
func (s Scan) FeedAndRows(
	ctx context.Context, onEntry func(audit.FeedEntry) error, onRow func(audit.Entity, int64) error,
) error {
	return s.DB.raw(ctx, func(query rawQuery) error {
		last := int64(0)
		err := query(selectFeed.Bind(nil), func(r *rawRow) error {
			var e audit.FeedEntry
			var base int64
			if err := r.Scan(&e.Position, &e.Entity.Type, &e.Entity.ID, &e.First, &e.Seq, &base); err != nil {
				return err
			}
			e.Misplaced, last = e.Position > base && e.Position != max(last, base)+1, e.Position
			return onEntry(e)
		})
		if err != nil {
			return err
		}
		return query(selectEntitySeqs.Bind(nil), func(r *rawRow) error {
			var entity audit.Entity
			var seq int64
			if err := r.Scan(&entity.Type, &entity.ID, &seq); err != nil {
				return err
			}
			return onRow(entity, seq)
		})
	})
}

// Orphans finds rows that belong to an entity that does not exist. It calls fn with the missing entity and the name of
// the table that holds the rows.
func (s Scan) Orphans(ctx context.Context, fn func(audit.Entity, string)) error {
	return s.DB.raw(ctx, func(query rawQuery) error {
		return query(selectOrphans.Bind(nil), func(row *rawRow) error {
			var owner audit.Entity
			var table string
			if err := row.Scan(&owner.Type, &owner.ID, &table); err != nil {
				return err
			}
			fn(owner, table)
			return nil
		})
	})
}

// DefinitionRows returns copies of the given tables, filled with the rows that are stored for one version.
func (s Scan) DefinitionRows(
	ctx context.Context, id string, version int, tables []projection.Table,
) ([]projection.Table, error) {
	stored := slices.Clone(tables)
	for i, t := range tables {
		stored[i].Rows = nil
		q := build(RawStatement(
			"SELECT "+t.ColumnList()+" FROM "+t.Name+" WHERE procedure_id = #id AND version = #version",
			RawArgs{"#id": id, "#version": version}))
		err := s.DB.query(ctx, q, func(rows *sql.Rows) error {
			row, dest := make([]any, len(t.Columns)), make([]any, len(t.Columns))
			for j := range row {
				dest[j] = &row[j]
			}
			stored[i].Rows = append(stored[i].Rows, row)
			return rows.Scan(dest...)
		})
		if err != nil {
			return nil, err
		}
	}
	return stored, nil
}
