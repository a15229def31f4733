package postgres

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/procedo/procedo/adapters/storage"
	"github.com/procedo/procedo/core/audit"
	"github.com/procedo/procedo/core/verify"
	postgresschema "github.com/procedo/procedo/schema/postgres"
)

var (
	selectObjects = storage.Query{Text: postgresschema.Objects}
	selectRelease = storage.Query{Text: "SELECT current_setting('server_version_num')::integer / 10000"}

	// plainWording makes the server word definitions in one way, whatever its settings are.
	plainWording = storage.Query{Text: ways(map[string]string{
		"quote_all_identifiers": "off", "standard_conforming_strings": "on",
	})}

	// selectIndexes selects the indexes of the current schema: the table, the name, the columns or expressions in order,
	// the condition of a partial index, and whether the role may read the table.
	selectIndexes = storage.Query{Text: `
		SELECT t.relname::text, i.relname::text, quote_ident(t.relname), (
				SELECT string_agg(pg_get_indexdef(x.indexrelid, k, true) ||
					CASE WHEN pg_index_column_has_property(x.indexrelid, k, 'desc') THEN ' DESC' ELSE '' END ||
					CASE WHEN pg_index_column_has_property(x.indexrelid, k, 'nulls_first') THEN ' NULLS FIRST' ELSE ' NULLS LAST' END,
					', ' ORDER BY k)
				FROM generate_series(1, x.indnkeyatts) k
			), coalesce(pg_get_expr(x.indpred, x.indrelid, true), 'true'), has_table_privilege(t.oid, 'SELECT')
		FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
		WHERE t.relnamespace = quote_ident(current_schema())::regnamespace AND t.relkind = 'r' AND x.indisvalid
		ORDER BY 1, 2`}

	// throughIndex and throughTable say how the rows of the next queries are found.
	throughIndex = storage.Query{Text: ways(map[string]string{
		"enable_seqscan": "off", "enable_bitmapscan": "off", "enable_sort": "off", "enable_indexscan": "on",
		"enable_incremental_sort": "off", "max_parallel_workers_per_gather": "0", "jit": "off",
	})}
	throughTable = storage.Query{Text: ways(map[string]string{
		"enable_seqscan": "on", "enable_indexscan": "off", "enable_indexonlyscan": "off", "enable_bitmapscan": "off",
	})}
)

// ways returns a query that makes settings until the end of the transaction.
func ways(settings map[string]string) string {
	calls := make([]string, 0, len(settings))
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		calls = append(calls, "set_config('"+name+"', '"+settings[name]+"', true)")
	}
	return "SELECT " + strings.Join(calls, ", ")
}

// Expected returns the objects that the migrations make. The supported releases of PostgreSQL word them alike, but for
// what unqualified makes equal.
func (s Scan) Expected(ctx context.Context) ([]verify.Object, bool, error) {
	all, err := storage.MadeObjects(postgresschema.Made)
	if err != nil {
		return nil, false, err
	}
	var release int
	err = s.DB.row(ctx, selectRelease).Scan(&release)
	return all, release >= postgresschema.OldestRelease && release <= postgresschema.NewestRelease, translate(err)
}

// Objects returns the objects of the current schema.
func (s Scan) Objects(ctx context.Context) (all []verify.Object, err error) {
	err = s.DB.read(ctx, s.DB.scans, func(b *pgx.Batch) {
		all = nil
		queueRows(b, plainWording, func(pgx.Rows) error { return nil })
		queueRows(b, selectObjects, func(rows pgx.Rows) error {
			var o verify.Object
			if err := rows.Scan(&o.Kind, &o.Name, &o.Definition); err != nil {
				return err
			}
			if o.Kind == "view" {
				o.Definition = unqualified(o.Definition)
			}
			all = append(all, o)
			return nil
		})
	})
	return all, translate(err)
}

// onlyTable finds the table of a view that reads a single one, without an alias and without a condition.
var onlyTable = regexp.MustCompile(`\n   FROM ([a-z_]+);$`)

// unqualified returns the definition of a view as PostgreSQL words it since release 16. Up to release 15, the names of
// columns are qualified even if there is only one table. It would also change a text constant that looks like such a
// name; no view of the migrations has one.
func unqualified(definition string) string {
	table := onlyTable.FindStringSubmatch(definition)
	if table == nil {
		return definition
	}
	return regexp.MustCompile(`([ (])`+table[1]+`\.`).ReplaceAllString(definition, "$1")
}

// index is an index of a table.
type index struct {
	table, name, from, order, where string
	readable                        bool // whether the role may read the table
}

// EachFlaw calls fn for each index through which other rows are found than in its table, and once for all indexes of
// tables that the role may not read.
func (s Scan) EachFlaw(ctx context.Context, fn func(name string, problem audit.Problem, warning bool)) error {
	all, err := s.ownIndexes(ctx)
	if err != nil {
		return err
	}
	var unread []string
	for _, x := range all {
		if !x.readable {
			unread = append(unread, x.table)
			continue
		}
		indexed, same, err := s.compareIndex(ctx, x)
		switch {
		case err != nil:
			return err
		case !indexed:
			fn("index "+x.table+"."+x.name, audit.Wrong("index_unused"), true)
		case !same:
			fn("index "+x.table+"."+x.name, audit.Wrong("index_differs"), false)
		}
	}
	if len(unread) > 0 {
		fn("index", audit.Wrong("index_unread", "tables", strings.Join(slices.Compact(unread), ", ")), true)
	}
	return nil
}

// ownIndexes returns the indexes that the migrations make. Others are not the service's.
func (s Scan) ownIndexes(ctx context.Context) (all []index, err error) {
	made, _, err := s.Expected(ctx)
	if err != nil {
		return nil, err
	}
	own := map[string]bool{}
	for _, o := range made {
		own[o.Name] = own[o.Name] || o.Kind == "index"
	}
	err = s.DB.queryOn(ctx, s.DB.scans, selectIndexes, func(rows pgx.Rows) error {
		var x index
		if err := rows.Scan(&x.table, &x.name, &x.from, &x.order, &x.where, &x.readable); err != nil {
			return err
		}
		if own[x.table+"."+x.name] {
			all = append(all, x)
		}
		return nil
	})
	return all, err
}

// compareIndex finds the rows of a table through an index and without one, in one snapshot. It reports whether the
// database used the index, and whether the rows are the same: as many, at the same places.
func (s Scan) compareIndex(ctx context.Context, x index) (indexed, same bool, err error) {
	const sum = "SELECT count(*), coalesce(sum(hashtextextended(ctid::text, 0)), 0)::text FROM "
	found := sum + "(SELECT ctid FROM " + x.from + " WHERE " + x.where + " ORDER BY " + x.order + " OFFSET 0) AS found"
	stored := sum + x.from + " WHERE " + x.where
	var plan string
	var sums [2]string
	var counts [2]int64
	err = s.DB.read(ctx, s.DB.scans, func(b *pgx.Batch) {
		plan = ""
		discard := func(pgx.Rows) error { return nil }
		queueRows(b, throughIndex, discard)
		queueRows(b, storage.Query{Text: "EXPLAIN (COSTS OFF) " + found}, func(rows pgx.Rows) error {
			var line string
			err := rows.Scan(&line)
			plan += line + "\n"
			return err
		})
		queueRows(b, storage.Query{Text: found}, func(rows pgx.Rows) error { return rows.Scan(&counts[0], &sums[0]) })
		queueRows(b, throughTable, discard)
		queueRows(b, storage.Query{Text: stored}, func(rows pgx.Rows) error { return rows.Scan(&counts[1], &sums[1]) })
	})
	indexed = strings.Contains(plan, "Index Scan using "+pgx.Identifier{x.name}.Sanitize()+" ") ||
		strings.Contains(plan, "Index Scan using "+x.name+" ")
	return indexed, counts[0] == counts[1] && sums[0] == sums[1], translate(err)
}
