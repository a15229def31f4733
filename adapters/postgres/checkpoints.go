package postgres

import (
	"context"
	"errors"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet is designed for dot imports
	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/postgres/gen/table"
	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/app"
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

	// cosignedNote is the note with the lines of witnesses at its end.
	cosignedNote = RawString("audit_checkpoints.note || coalesce((SELECT string_agg(lines, '' ORDER BY witness) FROM " +
		"audit_cosignatures s WHERE s.number = audit_checkpoints.number), '')")

	// noteColumns are the columns that storage.ScanNote scans, in its order.
	noteColumns = ProjectionList{notes.Number, cosignedNote, notes.Header}

	selectNote = prepare(SELECT(noteColumns).FROM(notes).
			WHERE(notes.Number.EQ(intParam("number"))))
	selectLatestNote = prepare(SELECT(noteColumns).FROM(notes).
				ORDER_BY(notes.Number.DESC()).LIMIT(1))
	selectNotesAfter = prepare(SELECT(noteColumns).FROM(notes).
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

// Checkpoint returns the checkpoint with the given number, or the latest checkpoint for 0. It returns the zero
// StoredNote if there is no such checkpoint.
func (c Checkpoints) Checkpoint(ctx context.Context, number int64) (audit.StoredNote, error) {
	q := selectLatestNote.Bind(nil)
	if number > 0 {
		q = selectNote.Bind(args{"number": number})
	}
	n, err := storage.ScanNote(c.DB.row(ctx, q))
	if errors.Is(err, pgx.ErrNoRows) {
		return audit.StoredNote{}, nil
	}
	return n, translate(err)
}

// CheckpointsAfter returns at most limit checkpoints whose numbers are above the given one, oldest first.
func (c Checkpoints) CheckpointsAfter(
	ctx context.Context, number int64, limit int,
) (all []audit.StoredNote, err error) {
	q := selectNotesAfter.Bind(args{"after": number, "limit": limit})
	err = c.DB.query(ctx, q, func(rows pgx.Rows) error {
		n, err := storage.ScanNote(rows)
		all = append(all, n)
		return err
	})
	return all, err
}

// AppendCheckpoint writes a checkpoint, its leaves and nodes in one transaction. It returns app.ErrMoved if the
// checkpoint's number is taken.
func (c Checkpoints) AppendCheckpoint(ctx context.Context, n app.NewCheckpoint) error {
	var b pgx.Batch
	queue(&b, insertNote.Bind(args{"number": n.Number, "note": n.Note, "header": storage.NonEmpty(n.Header)}))
	insertLeaves.queue(&b, args{"number": n.Number}, storage.LeavesOf(n))
	insertNodes.queue(&b, nil, storage.NodesOf(n))
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
