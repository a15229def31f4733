package tamper

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/verify"
)

// unverifiable lists the columns in which some changes cannot be detected, with the reason.
var unverifiable = map[string]string{
	"PostgreSQL audit_feed.position": "the order of commits of different entities is not proven, and has no effect",
}

// tampering is an SQL statement and the table that it changes.
type tampering struct{ statement, table string }

func TestAChangeOfAnyColumnIsDetected(t *testing.T) {
	for name, open := range openers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := open(t)
			v.populate()
			v.unprotect()
			require.Empty(t, v.verify(verify.Trust{}), "before any tampering")
			detected := 0
			for _, table := range verifiedTables {
				for _, x := range v.tamperings(name, table) {
					if v.detects(x) {
						detected++
					}
				}
			}
			require.Empty(t, v.verify(verify.Trust{}), "restored")
			require.Greater(t, detected, 400)
			t.Logf("%d tamperings were detected", detected)
		})
	}
}

// detects executes a tampering, requires verification to have findings, and restores the table. It returns false if the
// statement changes nothing, for example because it violates a key.
func (v *target) detects(x tampering) bool {
	v.Helper()
	if n, err := v.exec(x.statement); err != nil || n == 0 {
		return false
	}
	if findings := v.verify(verify.Trust{}); len(findings) == 0 {
		v.Errorf("not detected: %s", x.statement)
	}
	v.restore(x.table)
	return true
}

// tamperings returns statements that tamper with at most four rows of a table. The statements for a row change each of
// its columns, delete it, and insert copies of it with other keys.
func (v *target) tamperings(database, table string) (all []tampering) {
	v.Helper()
	columns := v.columns(table)
	add := func(format string, args ...any) { all = append(all, tampering{fmt.Sprintf(format, args...), table}) }
	rows := v.count(table)
	indexes := []int{0, rows / 3, rows / 2, rows - 1}
	for i, index := range indexes {
		if index < 0 || slices.Contains(indexes[:i], index) {
			continue
		}
		row := row(table, columns, index)
		for _, c := range columns {
			if _, ok := unverifiable[database+" "+table+"."+c.name]; ok {
				continue
			}
			for _, value := range c.otherValues(v.postgres) {
				add("UPDATE %s SET %s = %s WHERE %s", table, c.name, value, row)
				if c.key {
					other := replaced(columns, c.name, value)
					add("INSERT INTO %s SELECT %s FROM %s WHERE %s", table, other, table, row)
				}
			}
		}
		add("DELETE FROM %s WHERE %s", table, row)
	}
	return all
}

// replaced returns a list of columns for SELECT, in which an SQL expression replaces the column with the given name.
func replaced(columns []column, name, value string) string {
	list := make([]string, len(columns))
	for i, c := range columns {
		if list[i] = c.name; c.name == name {
			list[i] = value
		}
	}
	return strings.Join(list, ", ")
}

// otherValues returns SQL expressions of the column's type whose values differ from the current one.
func (c column) otherValues(postgres bool) []string {
	is := func(kinds ...string) bool {
		return slices.ContainsFunc(kinds, func(k string) bool { return strings.HasPrefix(c.kind, k) })
	}
	longer := fmt.Sprintf("coalesce(%s || 'x', 'x')", c.name)
	switch {
	case is("bigint", "integer", "numeric"):
		return []string{fmt.Sprintf("coalesce(%s + 1, 1)", c.name)}
	case is("boolean"):
		return []string{fmt.Sprintf("NOT coalesce(%s, false)", c.name)}
	case is("timestamp"):
		return []string{fmt.Sprintf("coalesce(%s + interval '1 microsecond', now())", c.name)}
	case is("date"):
		return []string{fmt.Sprintf("coalesce(%s + 1, '2026-01-01')", c.name)}
	case is("bytea"):
		return []string{fmt.Sprintf(`coalesce(%s || '\x78', '\x78')`, c.name)}
	case is("blob"):
		return []string{fmt.Sprintf("coalesce(CAST(%s || x'78' AS BLOB), x'78')", c.name)}
	case is("json"):
		return []string{`'{"lie":1}'`}
	case is("uuid"):
		return []string{"'0198c0de-0000-7000-8000-000000000000'"}
	case !postgres && strings.HasSuffix(c.name, "_at"): // times are text on SQLite
		return []string{"'2026-01-01T00:00:00.000000Z'", longer}
	}
	return []string{longer}
}
