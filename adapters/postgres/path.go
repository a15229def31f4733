package postgres

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"
)

// pgx prepares the statements of a batch before the server executes any of them. A search_path that the batch itself
// sets comes too late for that: the server would look for the tables in the default schemas. If the URL has a
// search_path, statements that a connection does not know are therefore prepared first, in a transaction with that
// path. The server finds the tables of a prepared statement anew when the path has changed, so it must be set in each
// transaction nevertheless.

// searchPath is the setting that says in which schemas the server looks for tables.
const searchPath = "search_path"

// maxPrepared limits how many statements a connection keeps. The filters of lists can be combined in many ways.
const maxPrepared = 512

// batchSender is a connection or a transaction.
type batchSender interface {
	Begin(context.Context) (pgx.Tx, error)
	SendBatch(context.Context, *pgx.Batch) pgx.BatchResults
	Conn() *pgx.Conn
}

// sendOn sends a batch and waits for its results.
func (d *DB) sendOn(ctx context.Context, conn batchSender, b *pgx.Batch) error {
	if d.ownPath {
		if err := d.prepareInPath(ctx, conn, b); err != nil {
			return err
		}
	}
	return conn.SendBatch(ctx, b).Close()
}

// prepareInPath prepares the statements of a batch that the connection does not know.
func (d *DB) prepareInPath(ctx context.Context, conn batchSender, b *pgx.Batch) error {
	known := preparedOn(conn.Conn())
	needed := make([]string, len(b.QueuedQueries))
	var unknown []string
	for i, q := range b.QueuedQueries {
		needed[i] = q.SQL
		if !known[q.SQL] {
			unknown = append(unknown, q.SQL)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	for text := range known {
		if len(known)+len(unknown) <= maxPrepared {
			break
		}
		if slices.Contains(needed, text) {
			continue
		}
		// One by one: PgBouncer 1.21 does not notice DEALLOCATE ALL.
		if err := conn.Conn().Deallocate(ctx, text); err != nil {
			return err
		}
		delete(known, text)
	}
	tx, err := conn.Begin(ctx) // a savepoint, if conn is a transaction
	if err != nil {
		return err
	}
	defer rollback(ctx, tx)
	if _, err := tx.Exec(ctx, d.settings.Text, d.settings.Args...); err != nil {
		return err
	}
	for _, text := range unknown {
		if _, err := tx.Prepare(ctx, text, text); err != nil {
			return err
		}
	}
	if err := tx.Commit(ctx); err != nil {
		return err
	}
	for _, text := range unknown {
		known[text] = true
	}
	return nil
}

// preparedOn returns the statements that prepareInPath has prepared on a connection.
func preparedOn(conn *pgx.Conn) map[string]bool {
	const key = "prepared in the search_path"
	all := conn.PgConn().CustomData()
	if _, ok := all[key]; !ok {
		all[key] = map[string]bool{}
	}
	return all[key].(map[string]bool) //nolint:forcetypeassert // only set here
}
