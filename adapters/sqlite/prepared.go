package sqlite

import (
	"context"
	"database/sql"
	"sync"

	"github.com/procedo/procedo/adapters/storage"
)

// This file exists only for speed. SQLite parses an unprepared statement at each call. Parsing takes longer than most
// reads. BenchmarkLoad takes 0.13 ms with prepared statements and 0.32 ms without.

// prepared holds the prepared statements of one pool. A new statement is prepared before the next transaction begins,
// because the current transaction may use the pool's only connection.
type prepared struct {
	mu         sync.Mutex
	statements map[string]*sql.Stmt // by SQL text; nil until prepared
	pending    []string             // SQL texts to prepare
}

// Limits on the prepared statements. They are needed because an INSERT has a different text for each number of rows.
const (
	maxStatements      = 200
	maxStatementLength = 8192 // bytes
)

// get returns the prepared statement for an SQL text. If there is none, it returns nil and, within the limits, adds the
// text to p.pending.
func (p *prepared) get(text string) *sql.Stmt {
	p.mu.Lock()
	defer p.mu.Unlock()
	stmt, known := p.statements[text]
	if !known && len(text) <= maxStatementLength && len(p.statements) < maxStatements {
		if p.statements == nil {
			p.statements = map[string]*sql.Stmt{}
		}
		p.statements[text], p.pending = nil, append(p.pending, text)
	}
	return stmt
}

// prepare prepares the pending statements. It ignores errors, because running the statement unprepared returns the same
// error.
func (p *prepared) prepare(ctx context.Context, pool *sql.DB) {
	p.mu.Lock()
	pending := p.pending
	p.pending = nil
	p.mu.Unlock()
	for _, text := range pending {
		stmt, err := pool.PrepareContext(ctx, text) //nolint:sqlclosecheck // closed with the pool
		p.mu.Lock()
		if err == nil {
			p.statements[text] = stmt
		} else {
			delete(p.statements, text)
		}
		p.mu.Unlock()
	}
}

// pool is a database handle and its prepared statements.
type pool struct {
	*sql.DB
	prepared prepared
}

// row reads one row outside a transaction.
func (p *pool) row(ctx context.Context, q storage.Query) *sql.Row {
	if stmt := p.prepared.get(q.Text); stmt != nil { //nolint:sqlclosecheck // closed with the pool
		return stmt.QueryRowContext(ctx, q.Args...)
	}
	p.prepared.prepare(ctx, p.DB)
	return p.QueryRowContext(ctx, q.Text, q.Args...)
}
