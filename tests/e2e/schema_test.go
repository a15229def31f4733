package e2e

import (
	"crypto/rand"
	"net/url"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/procedo/procedo/adapters/migrate"
)

// A schema whose name must be quoted is used like any other. Beside it is the schema whose name PostgreSQL makes of
// this one if it is not quoted. It belongs to another service.
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

// In another encoding, PostgreSQL converts the texts of a dump when they are restored, or does not check them at all. A
// database that already has one can still be read, to copy it, but nothing is written to it.
func TestADatabaseInAnotherEncodingIsNotServedButRead(t *testing.T) {
	for _, encoding := range []string{"LATIN1", "SQL_ASCII"} {
		template := cluster.Blank(t)
		admin := openDatabase(t, []string{"--database-url", template})
		name := "encoded_" + strings.ToLower(rand.Text())
		_, err := admin.Exec("CREATE DATABASE " + name + " TEMPLATE template0 LOCALE 'C' ENCODING '" + encoding + "'")
		require.NoError(t, err)
		t.Cleanup(func() {
			_, err := admin.Exec("DROP DATABASE " + name + " WITH (FORCE)")
			require.NoError(t, err)
		})
		u, err := url.Parse(template)
		require.NoError(t, err)
		u.Path = "/" + name
		g, on := grantee{t: t}, []string{"--database-url", u.String()}
		refused := [][]string{
			append([]string{"migrate", "up"}, on...), append([]string{"serve", "--migrate"}, on...),
			append([]string{"serve"}, on...), {"copy", "--from", cluster.Owned(t), "--to", u.String()},
		}
		for _, command := range refused {
			require.Contains(t, g.fails("C", command...), "The database is in the encoding "+encoding, command)
			require.Contains(t, g.fails("fr", command...), "La base de données est codée en "+encoding, command)
		}

		schema := migrate.Postgres // as releases did that accepted every encoding
		schema.SelectEncoding = ""
		_, err = schema.Apply(t.Context(), openDatabase(t, on))
		require.NoError(t, err)
		require.Contains(t, g.succeeds(append([]string{"audit", "verify"}, on...)...), "0 findings")
		g.succeeds("copy", "--from", u.String(), "--to", cluster.Blank(t))
		dir := t.TempDir()
		signing, _ := key(t, dir, "alice")
		secret := filepath.Join(dir, "secrets.json")
		g.succeeds("secrets", "keygen", secret)
		for _, command := range [][]string{
			{"serve"}, {"run", demo}, {"load", absolute(t, "../../docs/procedures/demo.json")},
			{"audit", "checkpoint", "--audit-key-file", signing}, {"secrets", "rotate", "--secrets-key-file", secret},
			{"audit", "erase", "--run", "x", "--event", "1", "--place", "/user_id", "--reason", "x", "--yes"},
		} {
			require.Contains(t, g.fails("C", append(command, on...)...), "The database is in the encoding "+encoding, command)
		}
	}
}
