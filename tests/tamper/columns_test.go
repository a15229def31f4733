package tamper

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/verify"
)

// unproven are columns in which something may stand that no verification can tell from the truth, and why.
var unproven = map[string]string{
	"PostgreSQL audit_feed.position": "which of two commits of different entities came first is proven by nothing, and changes nothing",
}

// tampering is one statement and the tables that it touches.
type tampering struct {
	statement string
	tables    []string
}

func TestEveryColumnOfEveryRowIsHeldAgainstTheTrail(t *testing.T) {
	for name, open := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := open(t)
			v.live()
			v.unguard()
			require.Empty(t, v.verify(verify.Trust{}), "untouched")
			done := 0
			for _, table := range evidence {
				for _, x := range v.tamperings(name, table) {
					if v.found(x) {
						done++
					}
				}
			}
			require.Empty(t, v.verify(verify.Trust{}), "mended")
			require.Greater(t, done, 400)
			t.Logf("%d tamperings, each found", done)
		})
	}
}

// found does what is asked, and wants it found. Keys that cannot be taken away refuse some, which is as good.
func (v *victim) found(x tampering) (touched bool) {
	v.Helper()
	if n, err := v.try(x.statement); err != nil || n == 0 {
		return false
	}
	if findings := v.verify(verify.Trust{}); len(findings) == 0 {
		v.Errorf("not found: %s", x.statement)
	}
	v.mend(x.tables...)
	return true
}

// tamperings change each column of the first, a middle and the last row of a table, remove these rows, and add others like them.
func (v *victim) tamperings(database, table string) (all []tampering) {
	v.Helper()
	columns := v.columns(table)
	var keys []string
	for _, c := range columns {
		if c.key {
			keys = append(keys, c.name)
		}
	}
	key := strings.Join(keys, ", ")
	rows := v.count(table)
	seen := map[int]bool{}
	for _, at := range []int{0, rows / 3, rows / 2, rows - 1} {
		if at < 0 || seen[at] {
			continue
		}
		seen[at] = true
		row := fmt.Sprintf("(%s) = (SELECT %s FROM %s ORDER BY %s LIMIT 1 OFFSET %d)", key, key, table, key, at)
		add := func(statement string) { all = append(all, tampering{statement, []string{table}}) }
		for _, c := range columns {
			if _, excused := unproven[database+" "+table+"."+c.name]; excused {
				continue
			}
			for _, value := range c.lies(v.postgres) {
				add(fmt.Sprintf("UPDATE %s SET %s = %s WHERE %s", table, c.name, value, row))
				if c.key {
					add(fmt.Sprintf("INSERT INTO %s SELECT %s FROM %s WHERE %s", table, replaced(columns, c.name, value), table, row))
				}
			}
		}
		add(fmt.Sprintf("DELETE FROM %s WHERE %s", table, row))
	}
	return all
}

func (v *victim) count(table string) (n int) {
	v.Helper()
	require.NoError(v, v.conn.QueryRowContext(v.Context(), "SELECT count(*) FROM "+table).Scan(&n))
	return n
}

// replaced lists the columns, with another value for one of them.
func replaced(columns []column, name, value string) string {
	list := make([]string, len(columns))
	for i, c := range columns {
		if list[i] = c.name; c.name == name {
			list[i] = value
		}
	}
	return strings.Join(list, ", ")
}

// lies are other values for a column, of its kind.
func (c column) lies(postgres bool) []string {
	is := func(kinds ...string) bool {
		for _, k := range kinds {
			if strings.HasPrefix(c.kind, k) {
				return true
			}
		}
		return false
	}
	switch {
	case is("bigint", "integer", "numeric"):
		return []string{fmt.Sprintf("coalesce(%s + 1, 1)", c.name)}
	case is("boolean"):
		return []string{fmt.Sprintf("NOT coalesce(%s, false)", c.name)}
	case is("timestamp"):
		return []string{fmt.Sprintf("coalesce(%s + interval '1 microsecond', now())", c.name)}
	case is("date"):
		return []string{fmt.Sprintf("coalesce(%s + 1, '2026-01-01')", c.name)}
	case is("json"):
		return []string{`'{"lie":1}'`}
	case is("uuid"):
		return []string{"'0198c0de-0000-7000-8000-000000000000'"}
	case postgres:
		return []string{fmt.Sprintf("coalesce(%s || 'x', 'x')", c.name)}
	case strings.HasSuffix(c.name, "_at"): // text on SQLite
		return []string{"'2026-01-01T00:00:00.000000Z'", fmt.Sprintf("coalesce(%s || 'x', 'x')", c.name)}
	}
	return []string{fmt.Sprintf("coalesce(%s || 'x', 'x')", c.name)}
}
