package sqlite

import (
	"context"
	"database/sql"
	"errors"

	. "github.com/go-jet/jet/v2/sqlite" //nolint:staticcheck // go-jet's language is meant to be read bare

	"github.com/procedo/procedo/adapters/sqlite/gen/model"
	"github.com/procedo/procedo/adapters/sqlite/gen/table"
	"github.com/procedo/procedo/core/app"
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
)

// Checkpoint returns one signed note, or the latest.
func (c Checkpoints) Checkpoint(ctx context.Context, number int64) (note string, err error) {
	query, arg := selectLatestNote, int64(1)
	if number > 0 {
		query, arg = selectNote, number
	}
	c.DB.trace(query)
	if err := c.DB.read.row(ctx, query, arg).Scan(&note); !errors.Is(err, sql.ErrNoRows) {
		return note, translate(err)
	}
	return "", nil
}

// CheckpointsAfter returns signed notes above a number, oldest first.
func (c Checkpoints) CheckpointsAfter(ctx context.Context, number int64, limit int) (all []audit.StoredNote, err error) {
	err = c.DB.read1(ctx, selectNotesAfter, []any{number, limit}, func(rows *sql.Rows) error {
		var n audit.StoredNote
		err := rows.Scan(&n.Number, &n.Note)
		all = append(all, n)
		return err
	})
	return all, err
}

// AppendCheckpoint writes a checkpoint whole or not at all.
func (c Checkpoints) AppendCheckpoint(ctx context.Context, n audit.StoredNote, of []audit.Leaf) error {
	return c.DB.within(ctx, c.DB.write, func(t tx) error {
		var taken bool
		if err := t.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM audit_checkpoints WHERE number = ?)", n.Number).Scan(&taken); err != nil || taken {
			return cmpErr(err, app.ErrMoved)
		}
		if _, err := t.exec(ctx, notes.INSERT(notes.AllColumns).MODEL(model.AuditCheckpoints{Number: n.Number, Note: n.Note})); err != nil {
			return translate(err)
		}
		rows := make([]model.AuditLeaves, len(of))
		for i, l := range of {
			rows[i] = model.AuditLeaves{Number: n.Number, Position: int64(i), EntityType: l.Entity.Type, EntityID: l.Entity.ID, Seq: l.Seq, Hash: l.Hash}
		}
		if err := insertAll(ctx, t, rows, func(chunk []model.AuditLeaves) statement { return leaves.INSERT(leaves.AllColumns).MODELS(chunk) }); err != nil {
			return translate(err)
		}
		return translate(t.execText(ctx, insertFeed, audit.CheckpointEntity, audit.CheckpointID(n.Number), n.Number, n.Number))
	})
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
	err = c.DB.read1(ctx, query, args, func(rows *sql.Rows) error {
		l, err := scanLeaf(rows)
		all = append(all, l)
		return err
	})
	return all, err
}

func scanLeaf(row scanner) (l audit.StoredLeaf, err error) {
	err = row.Scan(&l.Entity.Type, &l.Entity.ID, &l.Seq, &l.Hash, &l.Number, &l.Index)
	return l, err
}
