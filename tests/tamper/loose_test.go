package tamper

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// loosen takes away keys, uniqueness, types where they can be, and that something must be there.
func (v *victim) loosen() {
	v.Helper()
	v.unguard()
	if !v.postgres {
		for _, table := range evidence {
			v.do("CREATE TABLE loose_" + table + " AS SELECT * FROM " + table)
			v.do("DROP TABLE " + table)
			v.do("ALTER TABLE loose_" + table + " RENAME TO " + table)
		}
		return
	}
	for _, c := range v.texts("SELECT conrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(conname) FROM pg_constraint WHERE contype IN ('f', 'u', 'p') AND connamespace = 'public'::regnamespace ORDER BY contype") {
		v.do("ALTER TABLE " + c)
	}
	for _, index := range v.texts("SELECT indexrelid::regclass::text FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE indisunique AND relnamespace = 'public'::regnamespace") {
		v.do("DROP INDEX " + index)
	}
	for _, table := range evidence {
		for _, c := range v.columns(table) {
			v.do("ALTER TABLE " + table + " ALTER COLUMN " + c.name + " DROP NOT NULL")
		}
	}
}

// nothings are what may be put where something was, or where nothing was.
func (c column) nothings(postgres bool) (all []string) {
	all = append(all, "NULL")
	if strings.HasPrefix(c.kind, "text") {
		all = append(all, "''")
	}
	if strings.HasPrefix(c.kind, "timestamp") {
		all = append(all, "'0001-01-01 00:00:00+00'")
	}
	if !postgres {
		if strings.HasSuffix(c.name, "_at") {
			all = append(all, "'0001-01-01T00:00:00.000000Z'")
		}
	}
	return all
}

// Rows that no schema would allow make no verification fail, and are found like others.
func TestNothingAndTheSameTwiceAreFound(t *testing.T) {
	for name, open := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := open(t).live()
			columns := map[string][]column{}
			for _, table := range evidence {
				columns[table] = l.columns(table)
			}
			l.loosen()
			require.Empty(t, l.verify(l.trust()), "untouched")
			done := 0
			for _, table := range evidence {
				var keys []string
				for _, c := range columns[table] {
					if c.key {
						keys = append(keys, c.name)
					}
				}
				key := strings.Join(keys, ", ")
				for _, at := range []int{0, l.count(table) - 1} {
					row := fmt.Sprintf("(%s) = (SELECT %s FROM %s ORDER BY %s LIMIT 1 OFFSET %d)", key, key, table, key, at)
					all := []string{fmt.Sprintf("INSERT INTO %s SELECT * FROM %s WHERE %s", table, table, row)}
					for _, c := range columns[table] {
						for _, nothing := range c.nothings(l.postgres) {
							all = append(all, fmt.Sprintf("UPDATE %s SET %s = %s WHERE %s AND %s", table, c.name, nothing, row, l.differs(c.name, nothing)))
						}
					}
					for _, statement := range all {
						if l.found(tampering{statement, []string{table}}) {
							done++
						}
					}
				}
			}
			require.Empty(t, l.verify(l.trust()), "mended")
			require.Greater(t, done, 200)
			if !l.postgres { // the same bytes of another type say the same: they need not be found, but must not end a verification
				for _, table := range evidence {
					for _, c := range columns[table] {
						l.victim.do("UPDATE " + table + " SET " + c.name + " = CAST(" + c.name + " AS BLOB)")
						l.verify(l.trust())
						l.mend(table)
					}
				}
			}
			t.Logf("%d, each found", done)
		})
	}
}

func (v *victim) differs(column, value string) string {
	if v.postgres {
		return column + " IS DISTINCT FROM " + value
	}
	return "(" + column + " IS NOT " + value + " OR typeof(" + column + ") <> typeof(" + value + "))"
}

// Rows of what never was.
func TestRowsOfNothingAreFound(t *testing.T) {
	everywhere(t, func(l *life) {
		l.mend(evidence...)
		run := "'0198c0de-0000-7000-8000-000000000000'"
		for _, statement := range []string{
			"INSERT INTO audit_events SELECT entity_type, '', seq, action, actor, occurred_at, payload, canonical, prev_hash, hash FROM audit_events WHERE entity_id = 'typed' AND seq = 1",
			"INSERT INTO procedures SELECT 'ghost', name, description, language, status, 77, 0, '' FROM procedures WHERE id = 'typed'",
			"INSERT INTO procedures SELECT '', name, description, language, status, version, 0, head_hash FROM procedures WHERE id = 'typed'",
			"INSERT INTO procedure_versions SELECT 'ghost', version, digest, document, max_visits, metadata, created_at, created_by FROM procedure_versions WHERE procedure_id = 'typed'",
			"INSERT INTO audit_checkpoints (number, note) VALUES (0, 'x')", "INSERT INTO audit_checkpoints (number, note) VALUES (-1, 'x')",
			"INSERT INTO audit_leaves SELECT 0, position, entity_type, entity_id, seq, hash FROM audit_leaves WHERE number = 1",
			"INSERT INTO runs (id, procedure_id, procedure_version, user_id, reference, state, revision, seq, head_hash, created_at, updated_at) SELECT " + run +
				", procedure_id, procedure_version, user_id, reference, 'pending', 0, 0, '', created_at, updated_at FROM runs LIMIT 1",
			"INSERT INTO run_steps (run_id, step_key, visit, state, amended) SELECT " + run + ", step_key, visit, 'locked', amended FROM run_steps LIMIT 1",
		} {
			touched, err := l.try(statement)
			require.NoError(l, err, statement)
			require.Positive(l, touched, statement)
			require.NotEmpty(l, l.verify(l.trust()), statement)
			l.mend(evidence...)
		}
	})
}
