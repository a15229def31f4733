package e2e

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// A schema whose name must be quoted is used like any other. Beside it is the schema whose name PostgreSQL makes of this
// one if it is not quoted. It belongs to another service.
func TestASchemaMayHaveAnyName(t *testing.T) {
	const name, folded, role = "Mein Schéma", "mein schéma", "The Service"
	for _, r := range []string{name, folded, role} {
		cluster.CreateRole(t, r, "LOGIN")
	}
	blank := cluster.Blank(t)
	g := grantee{t: t, role: role}
	quoted := pgx.Identifier{name}.Sanitize()
	for _, statement := range []string{
		"CREATE SCHEMA " + quoted + " AUTHORIZATION " + quoted,
		"CREATE SCHEMA \"" + folded + "\" AUTHORIZATION \"" + folded + `"`,
		"ALTER ROLE \"" + role + "\" SET search_path TO " + quoted,
	} {
		_, err := openDatabase(t, []string{"--database-url", blank}).Exec(statement)
		require.NoError(t, err)
	}
	owner, beside, service := cluster.As(t, blank, name), cluster.As(t, blank, folded), cluster.As(t, blank, role)
	g.succeeds("migrate", "up", "--database-url", beside)
	require.Contains(t, g.succeeds("migrate", "up", "--database-url", owner), "applied", "each has its own tables")
	g.succeeds("migrate", "grant", role, "--database-url", owner)
	dir := t.TempDir()
	s := serve(t, dir, "--database-url", service, "--demo")
	run := s.startRun(demo)
	for i := range demoSteps {
		s.commitDemoStep(run, i)
	}
	require.Zero(t, s.signal(syscall.SIGTERM))
	require.Contains(t, g.succeeds("audit", "verify", "--database-url", service), "checked: 0 findings\n")
	export := g.succeeds("audit", "export", "--database-url", owner)
	require.Contains(t, export, run)
	require.NotContains(t, g.succeeds("audit", "export", "--database-url", beside), run)

	file := "sqlite:" + filepath.Join(dir, "copy.db")
	require.Contains(t, g.succeeds("copy", "--from", owner, "--to", file), "checked: 0 findings\n")
	require.Contains(t, g.succeeds("copy", "--from", file, "--to", beside), "checked: 0 findings\n")
	require.Equal(t, export, g.succeeds("audit", "export", "--database-url", beside))
}
