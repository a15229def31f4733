package docs_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/core/access"
)

// rightsIn returns the table of the roles in a page: the roles that are ticked for each permission, in the order of the
// page's columns.
func rightsIn(t *testing.T, page string) (permissions []string, roles map[string]string) {
	t.Helper()
	_, rest, found := strings.Cut(readPage(t, page), "<!-- table: roles -->\n")
	require.True(t, found, page)
	table, _, _ := strings.Cut(rest, "\n\n")
	var columns []string
	roles = map[string]string{}
	for i, line := range strings.Split(table, "\n") {
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for j := range cells {
			cells[j] = strings.TrimSpace(cells[j])
		}
		require.Greater(t, len(cells), 2, line)
		switch i {
		case 0:
			columns = cells[2:]
			require.Equal(t, access.AllRoles.Names(), columns, page)
		case 1: // the line below the heading
		default:
			require.Len(t, cells, len(columns)+2, line)
			name := strings.Trim(cells[0], "`")
			var ticked []string
			for j, cell := range cells[2:] {
				if cell != "" {
					require.Equal(t, "✓", cell, line)
					ticked = append(ticked, columns[j])
				}
			}
			permissions, roles[name] = append(permissions, name), strings.Join(ticked, ",")
		}
	}
	return permissions, roles
}

func TestTheTablesOfRolesAreThoseOfTheProgram(t *testing.T) {
	for _, page := range []string{"security.md", "security.fr.md"} {
		permissions, roles := rightsIn(t, page)
		var want []string
		for _, p := range access.Permissions() {
			want = append(want, p.String())
			may := access.RolesOf(p.Roles()...)
			if p == access.Identify {
				may = access.AllRoles // it needs no role
			}
			require.Equal(t, may.String(), roles[p.String()], "%s: %s", page, p)
		}
		require.Equal(t, want, permissions, page)
	}
}
