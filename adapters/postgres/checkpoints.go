package postgres

import (
	"context"
	"errors"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet's language is meant to be read bare
	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/postgres/gen/table"
	"github.com/procedo/procedo/core/audit"
)

// Checkpoints stores signed checkpoints and their leaves: app.Checkpoints.
type Checkpoints struct{ DB *DB }

var (
	notes, leaves = table.AuditCheckpoints, table.AuditLeaves
	leafColumns   = ProjectionList{leaves.EntityType, leaves.EntityID, leaves.Seq, leaves.Hash, leaves.Number, leaves.Position}

	selectNote       = fixed(SELECT(notes.Note).FROM(notes).WHERE(notes.Number.EQ(Int(0))))
	selectLatestNote = fixed(SELECT(notes.Note).FROM(notes).ORDER_BY(notes.Number.DESC()).LIMIT(1))
	selectNotesAfter = fixed(SELECT(notes.Number, notes.Note).FROM(notes).WHERE(notes.Number.GT(Int(0))).ORDER_BY(notes.Number).LIMIT(1))
	selectLeaves     = fixed(SELECT(leafColumns).FROM(leaves).WHERE(leaves.Number.EQ(Int(0))).ORDER_BY(leaves.Position))
	selectLeavesOf   = fixed(SELECT(leafColumns).FROM(leaves).
				WHERE(leaves.EntityType.EQ(String("")).AND(leaves.EntityID.EQ(String("")))).ORDER_BY(leaves.Number))

	insertNote   = fixed(notes.INSERT(notes.Number, notes.Note).VALUES(0, ""))
	insertLeaves = fixed(insertRows(leaves, ColumnList{leaves.Number}, array{leaves.Position, "int[]"}, array{leaves.EntityType, "text[]"},
		array{leaves.EntityID, "text[]"}, array{leaves.Seq, "bigint[]"}, array{leaves.Hash, "text[]"}))
)

// Checkpoint returns one signed note, or the latest.
func (c Checkpoints) Checkpoint(ctx context.Context, number int64) (note string, err error) {
	query, arg := selectLatestNote, int64(1)
	if number > 0 {
		query, arg = selectNote, number
	}
	c.DB.trips()
	if err := c.DB.pool.QueryRow(ctx, query, arg).Scan(&note); !errors.Is(err, pgx.ErrNoRows) {
		return note, translate(err)
	}
	return "", nil
}

// CheckpointsAfter returns signed notes above a number, oldest first.
func (c Checkpoints) CheckpointsAfter(ctx context.Context, number int64, limit int) (all []audit.StoredNote, err error) {
	err = c.DB.queryText(ctx, selectNotesAfter, []any{number, limit}, func(rows pgx.Rows) error {
		var n audit.StoredNote
		err := rows.Scan(&n.Number, &n.Note)
		all = append(all, n)
		return err
	})
	return all, translate(err)
}

// AppendCheckpoint writes a checkpoint whole or not at all; a number that is taken is a unique violation, which is app.ErrMoved.
func (c Checkpoints) AppendCheckpoint(ctx context.Context, n audit.StoredNote, of []audit.Leaf) error {
	var b pgx.Batch
	places := make([]int, len(of))
	for i := range places {
		places[i] = i
	}
	type leaf = audit.Leaf
	b.Queue(insertNote, n.Number, n.Note)
	b.Queue(insertLeaves, n.Number, places, column(of, func(l *leaf) string { return l.Entity.Type }), column(of, func(l *leaf) string { return l.Entity.ID }),
		column(of, func(l *leaf) int64 { return l.Seq }), column(of, func(l *leaf) string { return l.Hash }))
	b.Queue(insertFeed, audit.CheckpointEntity, audit.CheckpointID(n.Number), n.Number, n.Number)
	return translate(c.DB.send(ctx, &b))
}

// Leaves returns the leaves of a checkpoint in their order.
func (c Checkpoints) Leaves(ctx context.Context, number int64) ([]audit.StoredLeaf, error) {
	return c.leaves(ctx, selectLeaves, number)
}

// LeavesOf returns the leaves of an entity, oldest checkpoint first.
func (c Checkpoints) LeavesOf(ctx context.Context, e audit.Entity) ([]audit.StoredLeaf, error) {
	return c.leaves(ctx, selectLeavesOf, e.Type, e.ID)
}

func (c Checkpoints) leaves(ctx context.Context, query string, args ...any) (all []audit.StoredLeaf, err error) {
	err = c.DB.queryText(ctx, query, args, func(rows pgx.Rows) error {
		l, err := scanLeaf(rows)
		all = append(all, l)
		return err
	})
	return all, translate(err)
}

func scanLeaf(row scanner) (l audit.StoredLeaf, err error) {
	err = row.Scan(&l.Entity.Type, &l.Entity.ID, &l.Seq, &l.Hash, &l.Number, &l.Index)
	return l, err
}
