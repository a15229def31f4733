package sqlite

import (
	"context"
	"database/sql"
	"sync"

	"github.com/procedo/procedo/adapters/storage"
)

// statements keeps prepared statements of one pool: parsing is half the cost of a read. A statement that is met
// inside a transaction is prepared before the next one begins; the only connection may be taken until then.
type statements struct {
	mu     sync.Mutex
	kept   map[string]*sql.Stmt
	wanted []string
}

// Bounds of what is kept: texts differ by how many rows they insert, and only the common ones are worth it.
const (
	mostStatements   = 200
	longestStatement = 8192
)

// of returns the prepared statement, or nil and a note to prepare it.
func (s *statements) of(query string) *sql.Stmt {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept, known := s.kept[query]
	if !known && len(query) <= longestStatement && len(s.kept) < mostStatements {
		if s.kept == nil {
			s.kept = map[string]*sql.Stmt{}
		}
		s.kept[query], s.wanted = nil, append(s.wanted, query)
	}
	return kept
}

// prepare prepares what was noted. One that fails stays unprepared and fails where it is used.
func (s *statements) prepare(ctx context.Context, pool *sql.DB) {
	s.mu.Lock()
	wanted := s.wanted
	s.wanted = nil
	s.mu.Unlock()
	for _, query := range wanted {
		stmt, err := pool.PrepareContext(ctx, query) //nolint:sqlclosecheck // closed with the pool
		s.mu.Lock()
		if err == nil {
			s.kept[query] = stmt
		} else {
			delete(s.kept, query)
		}
		s.mu.Unlock()
	}
}

// pool is a database handle and its prepared statements.
type pool struct {
	*sql.DB
	statements statements
}

// row reads one row outside a transaction.
func (p *pool) row(ctx context.Context, q storage.Query) *sql.Row {
	if stmt := p.statements.of(q.Text); stmt != nil { //nolint:sqlclosecheck // kept
		return stmt.QueryRowContext(ctx, q.Args...)
	}
	p.statements.prepare(ctx, p.DB)
	return p.QueryRowContext(ctx, q.Text, q.Args...)
}
