package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/procedo/procedo/adapters/storage"
)

// queue adds a query to a batch.
func queue(b *pgx.Batch, q storage.Query) *pgx.QueuedQuery { return b.Queue(q.Text, q.Args...) }

// queueRows adds a query to a batch. When the batch is sent, scanRow is called with each row of the result.
func queueRows(b *pgx.Batch, q storage.Query, scanRow func(pgx.Rows) error) {
	queue(b, q).Query(func(rows pgx.Rows) error { return eachRow(rows, scanRow) })
}

// send sends a batch in one round trip. The batch is a transaction of its own.
func (d *DB) send(ctx context.Context, b *pgx.Batch) error {
	d.trips()
	return d.pool.SendBatch(ctx, b).Close()
}

// query runs a query and calls scanRow with each row.
func (d *DB) query(ctx context.Context, q storage.Query, scanRow func(pgx.Rows) error) error {
	return d.stream(ctx, d.pool, q, scanRow)
}

// row runs a query that returns at most one row.
func (d *DB) row(ctx context.Context, q storage.Query) pgx.Row {
	d.trips()
	return d.pool.QueryRow(ctx, q.Text, q.Args...)
}

// exec runs a statement in a transaction of its own.
func (d *DB) exec(ctx context.Context, q storage.Query) (pgconn.CommandTag, error) {
	d.trips()
	return d.pool.Exec(ctx, q.Text, q.Args...)
}

// querier is a pool or a transaction.
type querier interface {
	Query(ctx context.Context, query string, args ...any) (pgx.Rows, error)
}

// stream runs a query and calls scanRow with each row as it arrives. Meanwhile, scanRow may run queries on other
// connections.
func (d *DB) stream(ctx context.Context, from querier, q storage.Query, scanRow func(pgx.Rows) error) error {
	d.trips()
	rows, err := from.Query(ctx, q.Text, q.Args...)
	if err != nil {
		return translate(err)
	}
	return translate(eachRow(rows, scanRow))
}

func eachRow(rows pgx.Rows, scanRow func(pgx.Rows) error) error {
	defer rows.Close()
	for rows.Next() {
		if err := scanRow(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
