package migrate

import (
	"context"
	"database/sql"
	"errors"
	"time"

	atlas "ariga.io/atlas/sql/migrate"
)

// RevisionsTable is the name of the table that records the applied migrations.
const RevisionsTable = "schema_revisions"

// revisions implements atlas.RevisionReadWriter: it stores the applied migrations. It does not store Atlas's data about
// partially applied migrations. There are none, because migrations run in a transaction.
type revisions struct{ tx *sql.Tx }

func (r revisions) createTable(ctx context.Context) error {
	_, err := r.tx.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS `+RevisionsTable+` (
  version TEXT NOT NULL PRIMARY KEY, description TEXT NOT NULL, hash TEXT NOT NULL, statements INTEGER NOT NULL,
  applied_at TEXT NOT NULL)`)
	return err
}

// Ident returns the name of the table.
func (revisions) Ident() *atlas.TableIdent { return &atlas.TableIdent{Name: RevisionsTable} }

// ReadRevisions returns the applied migrations, oldest first.
func (r revisions) ReadRevisions(ctx context.Context) ([]*atlas.Revision, error) {
	rows, err := r.tx.QueryContext(ctx,
		`SELECT version, description, hash, statements FROM `+RevisionsTable+` ORDER BY version`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []*atlas.Revision
	for rows.Next() {
		rev := &atlas.Revision{Type: atlas.RevisionTypeExecute}
		if err := rows.Scan(&rev.Version, &rev.Description, &rev.Hash, &rev.Total); err != nil {
			return nil, err
		}
		rev.Applied = rev.Total
		all = append(all, rev)
	}
	return all, rows.Err()
}

// ReadRevision returns one applied migration, or atlas.ErrRevisionNotExist.
func (r revisions) ReadRevision(ctx context.Context, version string) (*atlas.Revision, error) {
	rev := &atlas.Revision{Version: version, Type: atlas.RevisionTypeExecute}
	err := r.tx.QueryRowContext(ctx,
		`SELECT description, hash, statements FROM `+RevisionsTable+` WHERE version = $1`, version,
	).Scan(&rev.Description, &rev.Hash, &rev.Total)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, atlas.ErrRevisionNotExist
	}
	rev.Applied = rev.Total
	return rev, err
}

// WriteRevision stores the record of a migration and replaces an earlier record of the same migration. Atlas calls
// WriteRevision several times for one migration: before, during and after its execution.
func (r revisions) WriteRevision(ctx context.Context, rev *atlas.Revision) error {
	if err := r.DeleteRevision(ctx, rev.Version); err != nil {
		return err
	}
	_, err := r.tx.ExecContext(ctx, `INSERT INTO `+RevisionsTable+` VALUES ($1, $2, $3, $4, $5)`,
		rev.Version, rev.Description, rev.Hash, rev.Total, rev.ExecutedAt.UTC().Format(time.RFC3339))
	return err
}

// DeleteRevision deletes the record of a migration.
func (r revisions) DeleteRevision(ctx context.Context, version string) error {
	_, err := r.tx.ExecContext(ctx, `DELETE FROM `+RevisionsTable+` WHERE version = $1`, version)
	return err
}
