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

// The queries for checks of the whole database. They replace NULL, which only a damaged database has in these columns,
// by the zero value.
var (
	selectFeed = prepare(SELECT(
		COALESCE(feed.Position, Int(0)), COALESCE(feed.EntityType, String("")), COALESCE(feed.EntityID, String("")),
		COALESCE(feed.FirstSeq, Int(0)), COALESCE(feed.LastSeq, Int(0)),
	).FROM(feed).ORDER_BY(feed.Position))

	// selectEntitySeqs returns the sequence number in the row of each run, procedure and checkpoint.
	selectEntitySeqs = prepare(RawStatement(`
		SELECT 'run', coalesce(id, ''), coalesce(seq, 0) FROM runs
		UNION ALL SELECT 'procedure', coalesce(id, ''), coalesce(seq, 0) FROM procedures
		UNION ALL SELECT 'checkpoint', coalesce(CAST(number AS TEXT), ''), coalesce(number, 0) FROM audit_checkpoints`))

	selectOrphans = prepare(RawStatement(schema.Orphans))
)

// FeedAndRows calls entry with each entry of the feed. Then it calls row with the sequence number in the row of each
// run, procedure and checkpoint. All of this is read from one snapshot. A gap between positions means a misplaced
// entry, because SQLite has one writer at a time.
func (s Scan) FeedAndRows(
	ctx context.Context, entry func(audit.FeedEntry) error, row func(audit.Entity, int64) error,
) error {
	return s.DB.raw(ctx, func(query rawQuery) error {
		last := int64(0)
		err := query(selectFeed.Bind(nil), func(r *rawRow) error {
			var e audit.FeedEntry
			if err := r.Scan(&e.Position, &e.Entity.Type, &e.Entity.ID, &e.First, &e.Seq); err != nil {
				return err
			}
			e.Misplaced, last = e.Position != last+1, e.Position
			return entry(e)
		})
		if err != nil {
			return err
		}
		return query(selectEntitySeqs.Bind(nil), func(r *rawRow) error {
			var of audit.Entity
			var seq int64
			if err := r.Scan(&of.Type, &of.ID, &seq); err != nil {
				return err
			}
			return row(of, seq)
		})
	})
}

// Orphans calls each with the owners that rows refer to although they do not exist, and the table of these rows.
func (s Scan) Orphans(ctx context.Context, each func(audit.Entity, string)) error {
	return s.DB.raw(ctx, func(query rawQuery) error {
		return query(selectOrphans.Bind(nil), func(row *rawRow) error {
			var owner audit.Entity
			var table string
			if err := row.Scan(&owner.Type, &owner.ID, &table); err != nil {
				return err
			}
			each(owner, table)
			return nil
		})
	})
}

// DefinitionRows returns copies of the tables with the stored rows of one version.
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
