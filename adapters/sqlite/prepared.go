package sqlite

import (
	"context"
	"database/sql"
	"sync"

	"github.com/procedo/procedo/adapters/storage"
)

// This file exists only for speed. SQLite parses an unprepared statement at each call, which takes longer than most
// reads. BenchmarkLoad takes 0.13 ms with prepared statements and 0.32 ms without.

// prepared holds the prepared statements of one pool. A new statement is prepared before the next transaction begins,
// because the current transaction may use the pool's only connection.
type prepared struct {
	mu         sync.Mutex
	statements map[string]*sql.Stmt // by text; nil until prepared
	pending    []string             // texts to prepare
}

// Limits on the statements to prepare. The text of an INSERT depends on its number of rows, so there are many texts.
const (
	maxStatements      = 200
	maxStatementLength = 8192 // bytes
)

// get returns the prepared statement for a text. If there is none, it returns nil and, within the limits, adds the text
// to the pending ones.
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

// prepare prepares the statements that get did not find. It ignores errors: running the statement returns the error
// again.
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
	if stmt := p.prepared.get(q.Text); stmt != nil { //nolint:sqlclosecheck // kept
		return stmt.QueryRowContext(ctx, q.Args...)
	}
	p.prepared.prepare(ctx, p.DB)
	return p.QueryRowContext(ctx, q.Text, q.Args...)
}
