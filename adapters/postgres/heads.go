package postgres

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	. "github.com/go-jet/jet/v2/postgres" //nolint:staticcheck // go-jet is designed for dot imports
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/audit"
)

// The statements that read the heads of many entities. OFFSET 0 makes PostgreSQL look up each id by primary key,
// whatever it knows of the size of the table: a plan that was made for an empty table stays good.
var (
	selectRunHeads = prepare(RawStatement(storage.Named(`SELECT CAST(wanted.id AS text), head.seq, head.head_hash
FROM unnest(#ids::uuid[]) AS wanted (id)
CROSS JOIN LATERAL (SELECT seq, head_hash FROM runs WHERE runs.id = wanted.id OFFSET 0) AS head`)))

	selectProcedureHeads = prepare(RawStatement(storage.Named(`SELECT wanted.id, head.seq, head.head_hash
FROM unnest(#ids::text[]) AS wanted (id)
CROSS JOIN LATERAL (SELECT seq, head_hash FROM procedures WHERE procedures.id = wanted.id OFFSET 0) AS head`)))
)

// Heads returns the head of each run by id. It omits runs that do not exist.
func (s Runs) Heads(ctx context.Context, ids []string) (map[string]audit.Head, error) {
	known := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !isRunID(id) })
	return s.DB.heads(ctx, selectRunHeads, known)
}

// Heads returns the head of each procedure by id. It omits procedures that do not exist.
func (p Procedures) Heads(ctx context.Context, ids []string) (map[string]audit.Head, error) {
	known := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !isText(id) })
	return p.DB.heads(ctx, selectProcedureHeads, known)
}

// isText reports whether PostgreSQL accepts a text. An id that it refuses must not fail the query for the others.
func isText(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// heads returns the heads that a statement selects, by id, in one round trip.
func (d *DB) heads(ctx context.Context, s storage.Statement, ids []string) (map[string]audit.Head, error) {
	q := s.Bind(args{"ids": ids})
	var found map[string]audit.Head
	collect := func(rows pgx.Rows) error {
		var id string
		var h audit.Head
		err := rows.Scan(&id, &h.Seq, &h.Hash)
		found[id] = h
		return err
	}
	err := d.on(ctx, d.reads, func(ctx context.Context, conn *pgxpool.Conn) error {
		found = make(map[string]audit.Head, len(ids))
		if len(d.reads.prelude) == 0 {
			rows, err := conn.Query(ctx, q.Text, q.Args...)
			if err != nil {
				return err
			}
			return eachRow(rows, collect)
		}
		var b pgx.Batch
		queueRows(&b, q, collect)
		return d.sendOn(ctx, conn, startWith(d.reads.prelude, &b))
	})
	return found, translate(err)
}
