package tamper

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// dropKeys drops keys, unique indexes and NOT NULL. On SQLite it also removes the strict types of columns.
func (v *target) dropKeys() {
	v.Helper()
	if !v.postgres {
		for _, view := range v.texts("SELECT name FROM sqlite_schema WHERE type = 'view'") {
			v.mustExec("DROP VIEW " + view)
		}
		for _, table := range verifiedTables {
			v.mustExec("CREATE TABLE loose_" + table + " AS SELECT * FROM " + table)
			v.mustExec("DROP TABLE " + table)
			v.mustExec("ALTER TABLE loose_" + table + " RENAME TO " + table)
		}
		return
	}
	v.dropConstraints("contype IN ('f', 'u', 'p')")
	for _, index := range v.texts(`SELECT indexrelid::regclass::text
		FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
		WHERE indisunique AND relnamespace = 'public'::regnamespace`) {
		v.mustExec("DROP INDEX " + index)
	}
	for _, table := range verifiedTables {
		for _, c := range v.columns(table) {
			v.mustExec("ALTER TABLE " + table + " ALTER COLUMN " + c.name + " DROP NOT NULL")
		}
	}
}

// emptyValues returns SQL expressions for NULL and for other empty values of the column's type.
func (c column) emptyValues(postgres bool) []string {
	all := []string{"NULL"}
	if strings.HasPrefix(c.kind, "text") {
		all = append(all, "''")
	}
	if strings.HasPrefix(c.kind, "timestamp") {
		all = append(all, "'0001-01-01 00:00:00+00'")
	}
	if !postgres && strings.HasSuffix(c.name, "_at") {
		all = append(all, "'0001-01-01T00:00:00.000000Z'")
	}
	return all
}

// differs returns an SQL condition that holds if a column differs from a value. On SQLite, a difference in type counts,
// too.
func (v *target) differs(column, value string) string {
	if v.postgres {
		return column + " IS DISTINCT FROM " + value
	}
	return "(" + column + " IS NOT " + value + " OR typeof(" + column + ") <> typeof(" + value + "))"
}

// Rows can be invalid if somebody has dropped the constraints of the schema. Verification must report such rows and
// must not stop with an error.
func TestEmptyValuesAndDuplicateRowsAreDetected(t *testing.T) {
	for name, open := range openers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t).populate()
			columns := map[string][]column{}
			for _, table := range verifiedTables {
				columns[table] = h.columns(table)
			}
			h.unprotect()
			h.dropKeys()
			require.Empty(t, h.verify(h.trust()), "before any tampering")
			detected := 0
			for _, table := range verifiedTables {
				for _, index := range []int{0, h.count(table) - 1} {
					row := row(table, columns[table], index)
					all := []string{fmt.Sprintf("INSERT INTO %s SELECT * FROM %s WHERE %s", table, table, row)}
					for _, c := range columns[table] {
						for _, value := range c.emptyValues(h.postgres) {
							all = append(all, fmt.Sprintf("UPDATE %s SET %s = %s WHERE %s AND %s",
								table, c.name, value, row, h.differs(c.name, value)))
						}
					}
					for _, statement := range all {
						if h.detects(tampering{statement, table}) {
							detected++
						}
					}
				}
			}
			require.Empty(t, h.verify(h.trust()), "restored")
			require.Greater(t, detected, 200)
			if !h.postgres {
				// Verification may not notice that a value has another type but the same bytes. It must not stop with
				// an error.
				for _, table := range verifiedTables {
					for _, c := range columns[table] {
						h.mustExec("UPDATE " + table + " SET " + c.name + " = CAST(" + c.name + " AS BLOB)")
						h.verify(h.trust())
						h.restore(table)
					}
				}
			}
			t.Logf("%d tamperings were detected", detected)
		})
	}
}

func TestRowsOfEntitiesThatDoNotExistAreDetected(t *testing.T) {
	onEveryDatabase(t, func(h *history) {
		h.restore(verifiedTables...)
		run := "'0198c0de-0000-7000-8000-000000000000'"
		for _, statement := range []string{
			"INSERT INTO audit_events SELECT " + replaced(h.columns("audit_events"), "entity_id", "''") +
				" FROM audit_events WHERE entity_id = 'typed' AND seq = 1",
			`INSERT INTO procedures SELECT 'ghost', name, description, language, status, 77, 0, '', last_event_at
				FROM procedures WHERE id = 'typed'`,
			`INSERT INTO procedures SELECT '', name, description, language, status, version, 0, head_hash, last_event_at
				FROM procedures WHERE id = 'typed'`,
			`INSERT INTO procedure_versions (procedure_id, version, digest, document, max_visits, metadata,
					created_at, created_by)
				SELECT 'ghost', version, digest, document, max_visits, metadata, created_at, created_by
				FROM procedure_versions WHERE procedure_id = 'typed'`,
			"INSERT INTO audit_checkpoints (number, note) VALUES (0, 'x')",
			"INSERT INTO audit_checkpoints (number, note) VALUES (-1, 'x')",
			`INSERT INTO audit_leaves SELECT 0, position, entity_type, entity_id, seq, hash
				FROM audit_leaves WHERE number = 1`,
			`INSERT INTO runs (id, procedure_id, procedure_version, user_id, reference, state, revision, seq, head_hash,
				created_at, updated_at, last_event_at)
				SELECT ` + run + `, procedure_id, procedure_version, user_id, reference, 'pending', 0, 0, '',
				created_at, updated_at, updated_at FROM runs LIMIT 1`,
			`INSERT INTO run_steps (run_id, step_key, visit, state, amended)
				SELECT ` + run + `, step_key, visit, 'locked', amended FROM run_steps LIMIT 1`,
		} {
			affected, err := h.exec(statement)
			require.NoError(h, err, statement)
			require.Positive(h, affected, statement)
			require.NotEmpty(h, h.verify(h.trust()), statement)
			h.restore(verifiedTables...)
		}
	})
}
