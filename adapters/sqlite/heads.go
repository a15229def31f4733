package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"

	. "github.com/go-jet/jet/v2/sqlite" //nolint:staticcheck // go-jet is designed for dot imports

	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/audit"
)

// The statements that read the heads of many entities. The ids are one parameter, a JSON array, so that the text does
// not depend on their number.
var (
	selectRunHeads = prepare(RawStatement(storage.Named(
		`SELECT id, seq, head_hash FROM runs WHERE id IN (SELECT value FROM json_each(#ids))`)))
	selectProcedureHeads = prepare(RawStatement(storage.Named(
		`SELECT id, seq, head_hash FROM procedures WHERE id IN (SELECT value FROM json_each(#ids))`)))
)

// Heads returns the head of each run by id. It omits runs that do not exist.
func (s Runs) Heads(ctx context.Context, ids []string) (map[string]audit.Head, error) {
	return s.DB.heads(ctx, selectRunHeads, ids)
}

// Heads returns the head of each procedure by id. It omits procedures that do not exist.
func (p Procedures) Heads(ctx context.Context, ids []string) (map[string]audit.Head, error) {
	return p.DB.heads(ctx, selectProcedureHeads, ids)
}

// heads returns the heads that a statement selects, by id, outside a transaction.
func (d *DB) heads(ctx context.Context, s storage.Statement, ids []string) (map[string]audit.Head, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, translate(err)
	}
	if err := d.file.checkRecent(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, waitTime)
	defer cancel()
	q := s.Bind(args{"ids": string(list)})
	d.trace(q.Text)
	ctx, span := d.tracer.start(ctx, q.Text)
	rows, err := d.read.rows(ctx, q)
	defer func() { span.end(err) }()
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	found := make(map[string]audit.Head, len(ids))
	for rows.Next() {
		var id string
		var h audit.Head
		if err := rows.Scan(&id, &h.Seq, &h.Hash); err != nil {
			return nil, translate(err)
		}
		found[id] = h
	}
	return found, translate(rows.Err())
}

// rows runs a query outside a transaction.
func (p *pool) rows(ctx context.Context, q storage.Query) (*sql.Rows, error) {
	if stmt := p.prepared.get(q.Text); stmt != nil { //nolint:sqlclosecheck // closed with the pool
		return stmt.QueryContext(ctx, q.Args...)
	}
	p.prepared.prepare(ctx, p.DB)
	return p.QueryContext(ctx, q.Text, q.Args...)
}
