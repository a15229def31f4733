package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/procedo/procedo/adapters/storage"
)

// queue adds a query to a batch.
func queue(b *pgx.Batch, q storage.Query) *pgx.QueuedQuery { return b.Queue(q.Text, q.Args...) }

// queueRows adds a query to a batch. When the batch is sent, scanRow is called with each row of the result.
func queueRows(b *pgx.Batch, q storage.Query, scanRow func(pgx.Rows) error) {
	queue(b, q).Query(func(rows pgx.Rows) error { return eachRow(rows, scanRow) })
}

// send sends a batch that writes, in one round trip. The batch is a transaction of its own. It is sent again only if
// nothing of it can have been committed: if it was not sent, or if the server ended the connection before the answer to
// the first statement.
func (d *DB) send(ctx context.Context, l lane, b *pgx.Batch) error {
	started := false
	l.again = func(err error) bool { return isUnsent(err) || !started && isShutdown(err) }
	return d.on(ctx, l, func(ctx context.Context, conn *pgxpool.Conn) error {
		all := startWith(l.prelude, b)
		all.QueuedQueries[0].Exec(func(pgconn.CommandTag) error {
			started = true
			return nil
		})
		return d.full.Note(translate(d.sendOn(ctx, conn, all)))
	})
}

// read sends the batch that fill makes, in one round trip. All its queries read from one snapshot. If the batch is sent
// again, fill is called again and must forget what the queries have read.
func (d *DB) read(ctx context.Context, l lane, fill func(*pgx.Batch)) error {
	return d.on(ctx, l, func(ctx context.Context, conn *pgxpool.Conn) error {
		var b pgx.Batch
		fill(&b)
		return d.sendOn(ctx, conn, startWith(l.prelude, &b))
	})
}

// query runs a query and calls scanRow with each row.
func (d *DB) query(ctx context.Context, q storage.Query, scanRow func(pgx.Rows) error) error {
	return d.queryOn(ctx, d.snapshots, q, scanRow)
}

// queryOn runs a query on a connection of a lane and calls scanRow with each row as it arrives. Meanwhile, scanRow may
// read with the connections of another lane.
func (d *DB) queryOn(ctx context.Context, l lane, q storage.Query, scanRow func(pgx.Rows) error) error {
	repeatable, seen := l.again, false
	l.again = func(err error) bool { return !seen && repeatable(err) }
	return translate(d.read(ctx, l, func(b *pgx.Batch) {
		queueRows(b, q, func(rows pgx.Rows) error {
			seen = true
			return scanRow(rows)
		})
	}))
}

// row returns the result of a query that returns at most one row. The query is run by Scan.
func (d *DB) row(ctx context.Context, q storage.Query) storage.Scanner { return &oneRow{d, ctx, q} }

// oneRow is a query for one row.
type oneRow struct {
	db  *DB
	ctx context.Context
	q   storage.Query
}

// Scan runs the query and scans its row. It returns pgx.ErrNoRows if there is none.
func (r *oneRow) Scan(dest ...any) error {
	return r.db.on(r.ctx, r.db.reads, func(ctx context.Context, conn *pgxpool.Conn) error {
		if len(r.db.reads.prelude) == 0 {
			return conn.QueryRow(ctx, r.q.Text, r.q.Args...).Scan(dest...)
		}
		var b pgx.Batch
		queue(&b, r.q).QueryRow(func(row pgx.Row) error { return row.Scan(dest...) })
		return r.db.sendOn(ctx, conn, startWith(r.db.reads.prelude, &b))
	})
}

// inTransaction calls fn with a transaction and commits it, if fn succeeds. The transaction is READ COMMITTED. If the
// connection is lost before the commit, inTransaction begins once more.
func (d *DB) inTransaction(ctx context.Context, l lane, fn func(context.Context, pgx.Tx) error) error {
	committing := false
	l.again = func(err error) bool { return !committing && isLost(err) }
	return d.on(ctx, l, func(ctx context.Context, conn *pgxpool.Conn) error {
		tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted})
		if err != nil {
			return err
		}
		defer rollback(ctx, tx)
		if err := fn(ctx, tx); err != nil {
			return d.full.Note(translate(err))
		}
		committing = true
		return d.full.Note(translate(tx.Commit(ctx)))
	})
}

// rollback ends a transaction that was not committed. A connection on which that fails is closed, which also ends it.
func rollback(ctx context.Context, tx pgx.Tx) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackTime)
	defer cancel()
	_ = tx.Rollback(ctx) // does nothing after Commit
}

// exec runs a statement in a transaction of its own.
func (d *DB) exec(ctx context.Context, l lane, q storage.Query) (tag pgconn.CommandTag, err error) {
	var b pgx.Batch
	queue(&b, q).Exec(func(done pgconn.CommandTag) error {
		tag = done
		return nil
	})
	return tag, d.send(ctx, l, &b)
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
