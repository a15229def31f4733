package postgres

import (
	"context"
	"errors"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet is designed for dot imports
	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/postgres/gen/table"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/audit"
)

// Checkpoints implements app.Checkpoints: it stores signed checkpoints and their leaves.
type Checkpoints struct{ DB *DB }

var (
	notes, leaves = table.AuditCheckpoints, table.AuditLeaves

	// leafColumns are the columns that storage.ScanLeaf scans, in its order.
	leafColumns = ProjectionList{
		leaves.EntityType, leaves.EntityID, leaves.Seq, leaves.Hash, leaves.Number, leaves.Position,
	}

	selectNote = prepare(SELECT(notes.Note).FROM(notes).
			WHERE(notes.Number.EQ(intParam("number"))))
	selectLatestNote = prepare(SELECT(notes.Note).FROM(notes).
				ORDER_BY(notes.Number.DESC()).LIMIT(1))
	selectNotesAfter = prepare(SELECT(notes.Number, notes.Note).FROM(notes).
				WHERE(notes.Number.GT(intParam("after"))).
				ORDER_BY(notes.Number).LIMIT(storage.Limit))
	selectLeaves = prepare(SELECT(leafColumns).FROM(leaves).
			WHERE(leaves.Number.EQ(intParam("number"))).
			ORDER_BY(leaves.Position))
	selectLeavesOf = prepare(SELECT(leafColumns).FROM(leaves).
			WHERE(leaves.EntityType.EQ(textParam("entity_type")).AND(leaves.EntityID.EQ(textParam("entity_id")))).
			ORDER_BY(leaves.Number))

	insertNote   = prepare(insertInto(notes, notes.AllColumns))
	insertLeaves = insertBulk(leaves, ColumnList{leaves.Number},
		columnOf(leaves.Position, "int[]", func(l *audit.StoredLeaf) int64 { return l.Index }),
		columnOf(leaves.EntityType, "text[]", func(l *audit.StoredLeaf) string { return l.Entity.Type }),
		columnOf(leaves.EntityID, "text[]", func(l *audit.StoredLeaf) string { return l.Entity.ID }),
		columnOf(leaves.Seq, "bigint[]", func(l *audit.StoredLeaf) int64 { return l.Seq }),
		columnOf(leaves.Hash, "text[]", func(l *audit.StoredLeaf) string { return l.Hash }),
	)
)

// Checkpoint returns the signed note of the checkpoint with the given number, or of the latest checkpoint for 0. It
// returns an empty note if there is no such checkpoint.
func (c Checkpoints) Checkpoint(ctx context.Context, number int64) (note string, err error) {
	q := selectLatestNote.Bind(nil)
	if number > 0 {
		q = selectNote.Bind(args{"number": number})
	}
	if err := c.DB.row(ctx, q).Scan(&note); !errors.Is(err, pgx.ErrNoRows) {
		return note, translate(err)
	}
	return "", nil
}

// CheckpointsAfter returns at most limit signed notes whose numbers are above the given one, oldest first.
func (c Checkpoints) CheckpointsAfter(
	ctx context.Context, number int64, limit int,
) (all []audit.StoredNote, err error) {
	q := selectNotesAfter.Bind(args{"after": number, "limit": limit})
	err = c.DB.query(ctx, q, func(rows pgx.Rows) error {
		var n audit.StoredNote
		err := rows.Scan(&n.Number, &n.Note)
		all = append(all, n)
		return err
	})
	return all, err
}

// AppendCheckpoint writes a checkpoint and its leaves in one transaction. It returns app.ErrMoved if the
// checkpoint's number is taken.
func (c Checkpoints) AppendCheckpoint(ctx context.Context, n audit.StoredNote, newLeaves []audit.Leaf) error {
	rows := make([]audit.StoredLeaf, len(newLeaves))
	for i, l := range newLeaves {
		rows[i] = audit.StoredLeaf{Leaf: l, Index: int64(i)}
	}
	var b pgx.Batch
	queue(&b, insertNote.Bind(args{"number": n.Number, "note": n.Note}))
	insertLeaves.queue(&b, args{"number": n.Number}, rows)
	queue(&b, insertFeed.Bind(args{
		"entity_type": audit.CheckpointEntity, "entity_id": audit.CheckpointID(n.Number),
		"first_seq": n.Number, "last_seq": n.Number,
	}))
	return translate(c.DB.send(ctx, c.DB.background, &b))
}

// Leaves returns the leaves of a checkpoint in the order of their indexes.
func (c Checkpoints) Leaves(ctx context.Context, number int64) ([]audit.StoredLeaf, error) {
	return c.leaves(ctx, selectLeaves.Bind(args{"number": number}))
}

// LeavesOf returns the leaves of an entity in all checkpoints, oldest checkpoint first.
func (c Checkpoints) LeavesOf(ctx context.Context, e audit.Entity) ([]audit.StoredLeaf, error) {
	return c.leaves(ctx, selectLeavesOf.Bind(args{"entity_type": e.Type, "entity_id": e.ID}))
}

func (c Checkpoints) leaves(ctx context.Context, q storage.Query) (all []audit.StoredLeaf, err error) {
	err = c.DB.query(ctx, q, func(rows pgx.Rows) error {
		l, err := storage.ScanLeaf(rows)
		all = append(all, l)
		return err
	})
	return all, err
}
